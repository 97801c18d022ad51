package io.github.mccache.api;

/** How a member that joins comes to its entries. */
public enum WarmUp {
  /** It requests the entries of other members at once. The default. */
  EAGER,
  /** By its own misses and the others' writes. */
  NONE
}
