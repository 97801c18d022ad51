package io.github.mccache.node;

import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.replication.Instruction;
import io.github.mccache.replication.Notice;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs {@link Notice}s. A rejection of this member's clock is logged once per peer until that peer
 * has been away. Peers cause most notices, so each kind has at most {@value #LINES_PER_MINUTE}
 * lines a minute; the rest is counted and the count is logged. Confined to the thread of the event
 * loop.
 */
final class NoticeLog {

  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  /** Above this many peers, names are not remembered; their numbers are shown. */
  private static final int MAXIMUM_NAMES = 4_096;

  static final int LINES_PER_MINUTE = 30;

  private static final long MINUTE_NANOS = 60_000_000_000L;

  /** The lines of one kind of notice since some moment. */
  private static final class Minute {
    private long sinceNanos;
    private int lines;
    private long leftOut;
  }

  private final String nodeName;
  private final LongFunction<String> cacheName;
  private final LongSupplier nanoTime;
  private final Map<Class<?>, Minute> minutes = new HashMap<>();
  private final Map<NodeId, String> names = new HashMap<>();
  private final Set<NodeId> clocksLogged = new HashSet<>();

  /**
   * Makes a log.
   *
   * @param nanoTime elapsed nanoseconds of an arbitrary origin
   */
  NoticeLog(String nodeName, LongFunction<String> cacheName, LongSupplier nanoTime) {
    this.nodeName = nodeName;
    this.cacheName = cacheName;
    this.nanoTime = nanoTime;
  }

  void log(Notice notice) {
    if (hasRoom(notice) && !logMember(notice)) {
      logRest(notice);
    }
  }

  private boolean hasRoom(Notice notice) {
    long now = nanoTime.getAsLong();
    Minute minute = minutes.get(notice.getClass());
    if (minute == null || now - minute.sinceNanos >= MINUTE_NANOS) {
      if (minute != null && minute.leftOut > 0) {
        LOG.info("{}: {} lines as the next one were left out", nodeName, minute.leftOut);
      }
      minute = new Minute();
      minute.sinceNanos = now;
      minutes.put(notice.getClass(), minute);
    }
    if (minute.lines < LINES_PER_MINUTE) {
      minute.lines++;
      return true;
    }
    if (minute.leftOut++ == 0) {
      LOG.warn(
          "{}: more than {} notices of the kind {} in one minute; until it is over, further ones"
              + " are only counted",
          nodeName,
          LINES_PER_MINUTE,
          notice.getClass().getSimpleName());
    }
    return false;
  }

  private boolean logMember(Notice notice) {
    if (notice instanceof Notice.MemberJoined joined) {
      LOG.info("{}: member {} joined", nodeName, remember(joined.member(), joined.nodeName()));
    } else if (notice instanceof Notice.MemberRecovered recovered) {
      String name = remember(recovered.member(), recovered.nodeName());
      LOG.info("{}: datagrams of member {} arrive again", nodeName, name);
    } else if (notice instanceof Notice.MemberSuspected suspected) {
      String name = remember(suspected.member(), suspected.nodeName());
      LOG.warn("{}: suspects member {}: it has not been received for seconds", nodeName, name);
    } else if (notice instanceof Notice.MemberDead dead) {
      String name = remember(dead.member(), dead.nodeName());
      forget(dead.member());
      LOG.warn("{}: considers member {} dead: it has not been received for long", nodeName, name);
    } else if (notice instanceof Notice.MemberAcknowledgesNothing silent) {
      String name = remember(silent.member(), silent.nodeName());
      LOG.warn(
          "{}: member {} is received but has acknowledged nothing for long: writes with acknowledge"
              + " = all no longer wait for it, and it may serve older values. It has not joined"
              + " yet, or does not receive datagrams of this member",
          nodeName,
          name);
    } else if (notice instanceof Notice.MemberAcknowledges again) {
      String name = remember(again.member(), again.nodeName());
      LOG.info("{}: member {} acknowledges what it receives", nodeName, name);
    } else if (notice instanceof Notice.MemberLeft left) {
      String name = remember(left.member(), left.nodeName());
      forget(left.member());
      LOG.info("{}: member {} left", nodeName, name);
    } else {
      return false;
    }
    return true;
  }

  private void logRest(Notice notice) {
    if (notice instanceof Notice.MembersRefused refused) {
      LOG.warn(
          "{}: receives more than {} members, which is the limit; changes of further members are"
              + " applied, but this member does not repair, acknowledge or list them",
          nodeName,
          refused.limit());
    } else if (notice instanceof Notice.CacheModeDiffers differs) {
      LOG.warn(
          "{}: cache {} has mode {} here and {} on member {}; give it the same mode everywhere",
          nodeName,
          differs.name(),
          differs.ours(),
          differs.theirs(),
          nameOf(differs.from()));
    } else if (notice instanceof Notice.ChangeTooLarge tooLarge) {
      LOG.warn(
          "{}: cache {} has values that are too large for a message; they are sent as"
              + " invalidations, so that their keys miss on the other members. Logged once; the"
              + " rest is counted",
          nodeName,
          cacheName.apply(tooLarge.cache()));
    } else if (notice instanceof Notice.KeyTooLarge tooLarge) {
      LOG.error(
          "{}: cache {} has keys that are too large for a message; their changes are not sent. Use"
              + " shorter keys. Logged once; the rest is counted",
          nodeName,
          cacheName.apply(tooLarge.cache()));
    } else if (notice instanceof Notice.ClockAhead ahead) {
      logClock(ahead);
    } else {
      logProtocol(notice);
    }
  }

  private void logProtocol(Notice notice) {
    if (notice instanceof Notice.Joined joined) {
      LOG.info("{}: has joined, with {} records of other members", nodeName, joined.records());
    } else if (notice instanceof Notice.StaysCold) {
      LOG.info("{}: received no records of other members; its caches begin empty", nodeName);
    } else if (notice instanceof Notice.CaughtUp caughtUp) {
      LOG.info(
          "{}: had missed many changes and has caught up with {} records of other members",
          nodeName,
          caughtUp.records());
    } else if (notice instanceof Notice.HistoryForgotten) {
      LOG.warn(
          "{}: was away for so long that other members have forgotten what was removed meanwhile;"
              + " its old entries are dropped and load anew",
          nodeName);
    } else if (notice instanceof Notice.Isolated) {
      LOG.warn(
          "{}: receives none of the members that it knows. Caches serve the entries they hold, or"
              + " miss where on-isolated = miss",
          nodeName);
    } else if (notice instanceof Notice.Reconnected) {
      LOG.info("{}: receives another member again", nodeName);
    } else if (notice instanceof Notice.ClockMoved moved) {
      logMoved(moved);
    } else if (notice instanceof Notice.OtherApplication other) {
      LOG.warn(
          "{}: member {} has another mccache.cluster.app-version: each applies the other's values"
              + " as invalidations",
          nodeName,
          remember(other.member(), other.nodeName()));
    } else { // a kind of notice that has no line of its own
      LOG.debug("{}: {}", nodeName, notice.getClass().getSimpleName());
    }
  }

  /**
   * The member closes with more changes than it could send.
   *
   * @param cleared how many caches the peers clear, because not even the keys could be sent in time
   */
  void closedWithUnsent(int cleared) {
    LOG.info(
        "{}: closes with more unsent changes than it can send in time; it sends invalidations of"
            + " their keys, and {} caches are cleared on the other members",
        nodeName,
        cleared);
  }

  private void logMoved(Notice.ClockMoved moved) {
    LOG.info(
        "{}: its clock moves by {} ms, to agree with the other members'", nodeName, moved.millis());
  }

  /** The member has started anew. */
  void startedAnew(Instruction.StartAnew cause, NodeId former, NodeId now) {
    String consequence =
        "it starts anew as {} (before: {}): its caches are empty until they are filled again";
    switch (cause.cause()) {
      case COPY ->
          LOG.error(
              "{}: another process sends as this member, as a copy of a running virtual machine or"
                  + " container does; "
                  + consequence
                  + ". Start every member by itself",
              nodeName,
              now,
              former);
      case CLOCK_AHEAD ->
          LOG.warn(
              "{}: its clock was {} ms ahead of the other members' clocks; "
                  + consequence
                  + ". Set the clock of this machine",
              nodeName,
              Math.abs(cause.clockMillis()),
              now,
              former);
      case ERROR ->
          LOG.error("{}: its protocol thread failed; " + consequence, nodeName, now, former);
    }
  }

  private void logClock(Notice.ClockAhead ahead) {
    long millis = HybridTime.millis(ahead.time()) - HybridTime.millis(ahead.receiverTime());
    if (clocksLogged.size() < MAXIMUM_NAMES && clocksLogged.add(ahead.from())) {
      LOG.warn(
          "{}: member {} rejects changes of this member, because the clock here is {} ms ahead of"
              + " its own. The members bring their clocks together without a restart; until then"
              + " the keys of these changes miss there. Check the time service of both machines",
          nodeName,
          nameOf(ahead.from()),
          millis);
    } else {
      LOG.debug(
          "{}: member {} finds the clock here {} ms ahead", nodeName, nameOf(ahead.from()), millis);
    }
  }

  /** Returns name and number: the number distinguishes two starts under one name. */
  private String remember(NodeId member, String name) {
    if (!name.isEmpty() && (names.size() < MAXIMUM_NAMES || names.containsKey(member))) {
      names.put(member, name);
    }
    return nameOf(member);
  }

  private void forget(NodeId member) {
    names.remove(member);
    clocksLogged.remove(member);
  }

  private String nameOf(NodeId member) {
    String shortNumber = String.format("%08x", member.high() >>> 32);
    String name = names.get(member);
    return name == null ? shortNumber : name + " (" + shortNumber + ")";
  }
}
