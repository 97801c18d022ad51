/**
 * How fast it is, measured two ways: JMH benchmarks within one JVM, beside other caches ({@link
 * io.github.mccache.benchmark.BenchmarkRun}), and a cluster of JVMs on the loopback interface
 * ({@link io.github.mccache.benchmark.ClusterRun}). Both print Markdown tables for {@code
 * src/site/markdown/performance.md}, which says what each figure means.
 *
 * <p>Every run has a cluster name and a port of its own. Other JVMs are started and ended by {@link
 * io.github.mccache.benchmark.MemberProcess} alone; they also end by themselves when the JVM that
 * started them is gone. No clocks of two JVMs are compared.
 */
@NullMarked
package io.github.mccache.benchmark;

import org.jspecify.annotations.NullMarked;
