package io.github.mccache.simulation;

/** What a seed may put into a scenario, and the shrinking of a failing one may take out again. */
enum Ingredient {
  /** Independent loss of up to a half of the datagrams. */
  LOSS(60),
  /** Loss of everything for short times. */
  BURSTS(30),
  /** Loss in one direction of a link only. */
  ONE_WAY(30),
  DUPLICATION(40),
  /** Some datagrams take up to 200 ms. */
  REORDERING(50),
  /** Some datagrams arrive with flipped bits. */
  CORRUPTION(25),
  /** Two groups that do not receive each other, with or without one member that receives both. */
  PARTITION(40),
  /** A member receives nothing from some others, which receive it. */
  ONE_WAY_PARTITION(25),
  /** Multicast does not arrive, unicast does. */
  MULTICAST_SILENCE(20),
  /** Members stop for up to 120 s. */
  PAUSE(35),
  /** Members end without a message, and may come back as another incarnation of the same name. */
  CRASH(40),
  /** Members leave, and may come back. */
  LEAVE(25),
  /** Members start late. */
  LATE_JOIN(35),
  /** Clocks are up to 2 h wrong. */
  CLOCK_OFFSET(12),
  /** Clocks run up to 1 % too fast or too slow. */
  DRIFT(20),
  /** Caches hold a tenth of the keys. */
  EVICTION(20),
  /** Members can hold few datagrams that they have not read, and take their time. */
  TINY_INBOX(12),
  /** Datagrams of the least length. */
  SMALL_DATAGRAMS(15),
  /** Some values take many datagrams. */
  LARGE_VALUES(25),
  /** Some values live for a short time. */
  LIFETIMES(50),
  CLEARS(50),
  LOADS(60),
  /** Steps that hold their key while changes of others arrive. */
  HELD_KEYS(30),
  /** Bursts of writes without a pause. */
  WRITE_BURSTS(30),
  /**
   * Bursts of long values beside short ones, more than the rate lets go and more than the members
   * can hold that have yet to read them.
   */
  PRESSURE(15),
  /** Caches have room for every key and no more. */
  NEARLY_FULL(25),
  /** Some writers wait until all members have applied what they wrote. */
  ACKNOWLEDGED(40),
  /**
   * Some members are of an older version, which skips the messages that it does not know, or of a
   * newer one, which sends messages that others do not know.
   */
  OTHER_VERSIONS(15),
  /** Silent members are forgotten after {@link SimulatedMember#SOON}, not after hours. */
  FORGETTING(15),
  /** Processes that begin as the same incarnation, as two copies of one machine do. */
  COPIES(10),
  /**
   * Members end in the middle of a burst of more changes than one window of a transfer holds, of
   * which each of the others receives another part.
   */
  KILL_IN_BURST(5),
  /** Members close with more to send than they have time for. */
  CLOSE_UNDER_LOAD(12),
  /** For some seconds, caches of a member throw while they apply changes: some, many, or all. */
  FAILING_CACHES(15);

  private final int percent;

  Ingredient(int percent) {
    this.percent = percent;
  }

  /** Returns in how many of a hundred seeds it is. */
  int percent() {
    return percent;
  }
}
