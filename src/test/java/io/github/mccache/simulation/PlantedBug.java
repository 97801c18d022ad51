package io.github.mccache.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * A small mistake in the protocol.
 *
 * @param name by which it is found again
 * @param description what is wrong, in words
 * @param edits what makes it so
 * @param circumstances what else is changed, with and without the mistake, so that what the mistake
 *     is about happens within minutes: small limits and short times
 */
record PlantedBug(String name, String description, List<Edit> edits, List<Edit> circumstances) {

  /**
   * A change of one method.
   *
   * @param type the name of the class, without that of this project's root package
   * @param method its name; with a slash and the number of its arguments where several have it;
   *     {@code lambda$name} for what is passed on in it
   */
  record Edit(String type, String method, Mutation mutation) {

    String className() {
      return BuggyClassLoader.ROOT + type;
    }

    /** Whether a method is the one that is meant. */
    boolean isOf(String name, int arguments) {
      boolean lambda = method.startsWith("lambda$") && name.startsWith(method + "$");
      return lambda || method.equals(name) || method.equals(name + "/" + arguments);
    }
  }

  /** Makes a mistake in one method. */
  static PlantedBug of(
      String name, String description, String type, String method, Mutation mutation) {
    return new PlantedBug(name, description, List.of(new Edit(type, method, mutation)), List.of());
  }

  /** Adds to the mistake. */
  PlantedBug and(String type, String method, Mutation mutation) {
    List<Edit> more = new ArrayList<>(edits);
    more.add(new Edit(type, method, mutation));
    return new PlantedBug(name, description, more, circumstances);
  }

  /** Lets it be run under these circumstances. */
  PlantedBug under(List<Edit> theCircumstances) {
    return new PlantedBug(name, description, edits, theCircumstances);
  }

  /** Returns a class loader in which it is so. */
  BuggyClassLoader planted() {
    List<Edit> all = new ArrayList<>(edits);
    all.addAll(circumstances);
    return new BuggyClassLoader(all);
  }

  /** Returns a class loader with the circumstances alone. */
  BuggyClassLoader unplanted() {
    return new BuggyClassLoader(circumstances);
  }
}
