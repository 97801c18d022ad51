package io.github.mccache.simulation;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is left out of the scenario of a seed, and what is in it whatever the seed draws.
 *
 * @param with what is put in, unless it is left out
 * @param without what is not put in
 * @param members the number of members; 0 for what the seed draws
 * @param cycles how many cycles there are at most
 * @param operationsPerMille how many of the operations are done
 */
record Restriction(
    Set<Ingredient> with,
    Set<Ingredient> without,
    int members,
    int cycles,
    int operationsPerMille) {

  /** Nothing is left out. */
  static final Restriction NONE =
      new Restriction(
          EnumSet.noneOf(Ingredient.class),
          EnumSet.noneOf(Ingredient.class),
          0,
          Integer.MAX_VALUE,
          1_000);

  /** Returns the restriction to some ingredients, which are in every scenario. */
  static Restriction toNothingBut(Set<Ingredient> ingredients, int members, int cycles) {
    Set<Ingredient> with = EnumSet.copyOf(ingredients);
    return new Restriction(
        with, EnumSet.complementOf(EnumSet.copyOf(with)), members, cycles, 1_000);
  }

  /** Reads what {@link #arguments} wrote, from the properties of this JVM. */
  static Restriction fromProperties() {
    return new Restriction(
        ingredients(System.getProperty("with", "")),
        ingredients(System.getProperty("without", "")),
        Integer.getInteger("members", 0),
        Integer.getInteger("cycles", Integer.MAX_VALUE),
        Integer.getInteger("operations", 1_000));
  }

  private static Set<Ingredient> ingredients(String names) {
    Set<Ingredient> ingredients = EnumSet.noneOf(Ingredient.class);
    for (String name : names.split(",")) {
      if (!name.isBlank()) {
        ingredients.add(Ingredient.valueOf(name.trim().toUpperCase(Locale.ROOT)));
      }
    }
    return ingredients;
  }

  Restriction with(Ingredient ingredient) {
    Set<Ingredient> more = EnumSet.copyOf(with);
    more.add(ingredient);
    return new Restriction(more, without, members, cycles, operationsPerMille);
  }

  Restriction without(Ingredient ingredient) {
    Set<Ingredient> fewer = EnumSet.copyOf(with);
    fewer.remove(ingredient);
    Set<Ingredient> more = EnumSet.copyOf(without);
    more.add(ingredient);
    return new Restriction(fewer, more, members, cycles, operationsPerMille);
  }

  Restriction withMembers(int fewer) {
    return new Restriction(with, without, fewer, cycles, operationsPerMille);
  }

  Restriction withCycles(int fewer) {
    return new Restriction(with, without, members, fewer, operationsPerMille);
  }

  Restriction withOperations(int perMille) {
    return new Restriction(with, without, members, cycles, perMille);
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
    append(text, "with", with);
    append(text, "without", without);
    return text.toString();
  }

  private static void append(StringBuilder text, String property, Set<Ingredient> ingredients) {
    if (!ingredients.isEmpty()) {
      text.append(" -D").append(property).append('=');
      text.append(ingredients.stream().map(Enum::name).collect(Collectors.joining(",")));
    }
  }
}
