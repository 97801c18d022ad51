/**
 * What people run: programs with a {@code main}, and the only room that writes to the console. They
 * use caches as any application would, through {@code javax.cache} and {@code api}; only {@link
 * io.github.mccache.cli.StressMember} puts its member together by itself, for datagrams are to be
 * lost between its network and its node. Programs whose members have JVMs of their own speak to
 * them line by line through {@link io.github.mccache.cli.MemberProcess}.
 */
@NullMarked
package io.github.mccache.cli;

import org.jspecify.annotations.NullMarked;
