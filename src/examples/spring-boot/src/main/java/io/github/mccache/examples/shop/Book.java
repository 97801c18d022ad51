package io.github.mccache.examples.shop;

import java.io.Serializable;
import java.util.UUID;

public record Book(String title, UUID edition) implements Serializable {}
