package io.github.mccache.benchmark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Measures a cluster of three JVMs on the loopback interface, for about a minute: how long until a
 * change is seen elsewhere ({@link VisibilityRun}), and how many changes there can be ({@link
 * ChangesRun}). Prints Markdown.
 */
public final class ClusterRun {

  static final long ANSWER_MILLIS = 10_000;

  private static final long START_MILLIS = 30_000;
  private static final int WARM_UP_SECONDS = 3;
  private static final int SECONDS = 10;

  private ClusterRun() {}

  /** Takes the number of seconds of each measurement, {@value #SECONDS} unless given. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : SECONDS;
    long begun = System.nanoTime();
    LoopbackCluster cluster = LoopbackCluster.ofOwn();
    List<MemberProcess> members = new ArrayList<>();
    try {
      add(members, "a", cluster);
      add(members, "b", cluster);
      System.out.printf(
          "%n### From a put until another JVM sees it, two members%n%n%s",
          new VisibilityRun(members, WARM_UP_SECONDS, seconds).run());
      add(members, "c", cluster);
      System.out.printf(
          "%n### Changes, three members that write as fast as they can%n%n%s",
          new ChangesRun(members, cluster.port(), WARM_UP_SECONDS, seconds).run());
    } finally {
      members.forEach(MemberProcess::close);
    }
    System.out.printf(
        "%n%s. It took %d s.%n",
        Surroundings.describe(), TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun));
  }

  /** Starts a member and waits until all know one another. */
  private static void add(List<MemberProcess> members, String name, LoopbackCluster cluster)
      throws IOException, InterruptedException {
    MemberProcess added = MemberProcess.start(name, cluster);
    members.add(added);
    added.await("ready", START_MILLIS);
    for (MemberProcess member : members) {
      member.send("join " + (members.size() - 1));
    }
    for (MemberProcess member : members) {
      member.await("join", START_MILLIS);
    }
  }
}
