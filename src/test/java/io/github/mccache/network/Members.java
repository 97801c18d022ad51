package io.github.mccache.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** The members of one cluster, one on each of some {@link Hosts}; member 3 is on host 3. */
final class Members implements AutoCloseable {

  private static final long PATIENCE_MILLIS = 60_000;
  private static final long LOOK_EVERY_MILLIS = 10;

  private final Hosts hosts;
  private final List<String> classPathStart;
  private final List<String> systemProperties;
  private final Map<Integer, MemberProcess> byHost = new TreeMap<>();

  private Members(Hosts hosts, List<String> classPathStart, List<String> moreProperties) {
    this.hosts = hosts;
    this.classPathStart = classPathStart;
    this.systemProperties = new ArrayList<>(moreProperties);
    systemProperties.addAll(
        List.of(
            "-Dmccache.cluster.name=" + hosts.namespace(0),
            "-Dmccache.cluster.interface=eth0",
            "-Dmccache.cluster.insecure=true",
            "-Dmccache.defaults.maximum-entries=300000"));
  }

  /** Starts a member on every host, though they may not find each other. */
  static Members apart(Hosts hosts, List<String> systemProperties) {
    Members members = new Members(hosts, List.of(), systemProperties);
    try {
      IntStream.rangeClosed(1, hosts.count()).forEach(members::start);
      members.list().forEach(MemberProcess::awaitReady);
      return members;
    } catch (RuntimeException | Error e) {
      members.close();
      throw e;
    }
  }

  /** Starts a member on each of these hosts and waits until they know each other. */
  static Members on(Hosts hosts, List<String> classPathStart, int... numbers) {
    Members members = new Members(hosts, classPathStart, List.of());
    try {
      Arrays.stream(numbers).forEach(members::start);
      members.awaitAcquainted();
      return members;
    } catch (RuntimeException | Error e) {
      members.close();
      throw e;
    }
  }

  /** Starts a member on a host that has none now. */
  MemberProcess start(int host) {
    MemberProcess member =
        MemberProcess.start("m" + host, hosts.namespace(host), classPathStart, systemProperties);
    byHost.put(host, member);
    return member;
  }

  MemberProcess get(int host) {
    return byHost.get(host);
  }

  /** Returns these members, all when none is named. */
  List<MemberProcess> list(int... numbers) {
    return numbers.length == 0
        ? List.copyOf(byHost.values())
        : IntStream.of(numbers).mapToObj(byHost::get).toList();
  }

  /** Ends a member at once, as {@code kill -9}. */
  void kill(int host) {
    byHost.remove(host).kill();
  }

  /** Lets a member leave. */
  void leave(int host) {
    byHost.remove(host).close();
  }

  /** Waits until each believes that all others are alive. */
  void awaitAcquainted() {
    List<MemberProcess> members = list();
    members.forEach(MemberProcess::awaitReady);
    String others = "AliveMembers " + (members.size() - 1);
    long begun = System.nanoTime();
    while (!members.stream().allMatch(member -> member.lines("stats").contains(others))) {
      if (millisSince(begun) > PATIENCE_MILLIS) {
        throw new AssertionError("the members do not find each other");
      }
      pass(LOOK_EVERY_MILLIS);
    }
  }

  /** Waits until members hold the same and returns how many ms after a moment that was. */
  static long awaitEqual(Collection<MemberProcess> members, long sinceNanos) {
    return awaitEqual(members, sinceNanos, PATIENCE_MILLIS);
  }

  /** As {@link #awaitEqual(Collection, long)}, with more patience or less. */
  static long awaitEqual(Collection<MemberProcess> members, long sinceNanos, long patienceMillis) {
    List<String> digests = digests(members);
    while (digests.stream().distinct().count() > 1) {
      if (millisSince(sinceNanos) > patienceMillis) {
        throw new AssertionError(
            "not equal after "
                + patienceMillis
                + " ms: "
                + String.join("\n", Contents.of(List.copyOf(members)).differences()));
      }
      pass(LOOK_EVERY_MILLIS);
      digests = digests(members);
    }
    return millisSince(sinceNanos);
  }

  private static List<String> digests(Collection<MemberProcess> members) {
    return askAll(members, "digest");
  }

  /** Has members do the same at the same time, and returns the last lines of their answers. */
  static List<String> askAll(Collection<MemberProcess> members, String command) {
    List<CompletableFuture<MemberProcess.Answer>> answers = new ArrayList<>();
    members.forEach(member -> answers.add(member.send(command)));
    return answers.stream().map(MemberProcess::get).map(MemberProcess.Answer::result).toList();
  }

  /** Returns the sum of a counter over members. */
  static long sum(Collection<MemberProcess> members, String counter) {
    return members.stream()
        .flatMap(member -> member.lines("stats").stream())
        .map(line -> line.split(" "))
        .filter(words -> words[0].equals(counter))
        .mapToLong(words -> Long.parseLong(words[1]))
        .sum();
  }

  /** Lets time pass: the faults, and the silence after them, have to last. */
  static void pass(long millis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }

  /** Lets all leave. */
  @Override
  public void close() {
    byHost.values().forEach(MemberProcess::resume);
    byHost.values().parallelStream().forEach(MemberProcess::close);
    byHost.clear();
  }
}
