package io.github.mccache.simulation;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is left out of the scenario of a seed.
 *
 * @param without what is not put in
 * @param members the number of members; 0 for what the seed draws
 * @param cycles how many cycles there are at most
 * @param operationsPerMille how many of the operations are done
 */
record Restriction(Set<Ingredient> without, int members, int cycles, int operationsPerMille) {

  /** Nothing is left out. */
  static final Restriction NONE =
      new Restriction(EnumSet.noneOf(Ingredient.class), 0, Integer.MAX_VALUE, 1_000);

  /** Reads what {@link #arguments} wrote, from the properties of this JVM. */
  static Restriction fromProperties() {
    Set<Ingredient> without = EnumSet.noneOf(Ingredient.class);
    for (String name : System.getProperty("without", "").split(",")) {
      if (!name.isBlank()) {
        without.add(Ingredient.valueOf(name.trim().toUpperCase(Locale.ROOT)));
      }
    }
    return new Restriction(
        without,
        Integer.getInteger("members", 0),
        Integer.getInteger("cycles", Integer.MAX_VALUE),
        Integer.getInteger("operations", 1_000));
  }

  Restriction without(Ingredient ingredient) {
    Set<Ingredient> more = EnumSet.copyOf(without);
    more.add(ingredient);
    return new Restriction(more, members, cycles, operationsPerMille);
  }

  Restriction withMembers(int fewer) {
    return new Restriction(without, fewer, cycles, operationsPerMille);
  }

  Restriction withCycles(int fewer) {
    return new Restriction(without, members, fewer, operationsPerMille);
  }

  Restriction withOperations(int perMille) {
    return new Restriction(without, members, cycles, perMille);
  }

  /** Returns the arguments of a command line. */
  String arguments() {
    StringBuilder text = new StringBuilder();
    if (members > 0) {
      text.append(" -Dmembers=").append(members);
    }
    if (cycles < Integer.MAX_VALUE) {
      text.append(" -Dcycles=").append(cycles);
    }
    if (operationsPerMille < 1_000) {
      text.append(" -Doperations=").append(operationsPerMille);
    }
    if (!without.isEmpty()) {
      text.append(" -Dwithout=")
          .append(without.stream().map(Enum::name).collect(Collectors.joining(",")));
    }
    return text.toString();
  }
}
