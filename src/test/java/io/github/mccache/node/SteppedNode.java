package io.github.mccache.node;

import io.github.mccache.codec.Codecs;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.Application;
import io.github.mccache.replication.ApplyOutcome;
import io.github.mccache.replication.Effects;
import io.github.mccache.replication.Instruction;
import io.github.mccache.replication.Notice;
import io.github.mccache.replication.Replica;
import io.github.mccache.replication.ReplicaOptions;
import io.github.mccache.transport.Transport;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Node} without its thread, for the simulation, which lives in a package of its own and
 * drives the shell of production in virtual time. Keys and values are texts. What production logs
 * as a failure is thrown here.
 */
public final class SteppedNode {

  /** Holds nothing of a cache or a member, and is costly to make. */
  private static final Codecs CODECS =
      new Codecs(SteppedNode.class.getClassLoader(), List.of(), List.of(), List.of());

  private static final long MAXIMUM_KEY_BYTES = 1_000;
  private static final long MAXIMUM_VALUE_BYTES = 1_000_000;
  private static final long MAXIMUM_INBOX_BYTES = 16L << 20;

  /** Looks on. */
  public interface Observer {

    /** Looks at nothing. */
    Observer NONE = new Observer() {};

    /** Returns whether this member knows this kind of message, which it is about to take. */
    default boolean onMessage(NodeId from, Message message) {
      return true;
    }

    /** It is about to do what its replica wants. */
    default void onEffects(Effects effects) {}

    /** It has done that. */
    default void onPerformed(Effects effects) {}

    /** It is about to give a change to a cache. */
    default void onApplying(Application application) {}

    /** Returns whether a cache may fail with this. */
    default boolean isExpected(Throwable failure) {
      return false;
    }

    /** It has given a change to a cache. */
    default void onApplied(Application application, ApplyOutcome outcome) {}

    /** It is about to follow an instruction. */
    default void onInstruction(Instruction instruction) {}

    /** It has followed it. */
    default void onFollowed(Instruction instruction) {}

    /** A cache has something to send. */
    default void onWoken() {}

    /** It is another incarnation from now on. */
    default void onStartedAnew(NodeId former, Instruction.StartAnew cause) {}
  }

  private final Observer observer;
  private final NodeParts parts;
  private final Inbox inbox;
  private final MemberShell shell;
  private final Uplink uplink;
  private @Nullable Closing closing;

  /**
   * Makes a member without caches that has not started.
   *
   * @param inboxDatagrams how many datagrams wait for it at most
   * @param figures makes the figures of the protocol those that it uses
   */
  public SteppedNode(
      NodeOptions options,
      NodeId self,
      Transport transport,
      MemberClock clock,
      int inboxDatagrams,
      UnaryOperator<ReplicaOptions> figures,
      Observer observer) {
    this.observer = observer;
    this.parts = NodeParts.of(clock, new ThrownFailures(observer));
    this.inbox = new Inbox(inboxDatagrams, MAXIMUM_INBOX_BYTES);
    this.shell = new ObservedShell(options, self, transport, parts, figures);
    this.uplink =
        new Uplink() {
          @Override
          public long enter() {
            return parts.gate().enter();
          }

          @Override
          public void exit(long token) {
            parts.gate().exit(token);
          }

          @Override
          public void wake() {
            if (shell.wantsChanges()) {
              observer.onWoken();
            }
          }
        };
  }

  /** Opens a cache. */
  public CoherentStore<String, String> open(
      String name,
      StoreOptions.Sharing sharing,
      OptionalLong maximumEntries,
      StoreObserver<String> storeObserver) {
    CoherentStore<String, String> store =
        new CoherentStore<>(
            new StoreOptions<>(
                name,
                sharing,
                String.class,
                String.class,
                true,
                maximumEntries,
                OptionalLong.empty(),
                OptionalLong.empty(),
                null,
                MAXIMUM_KEY_BYTES,
                MAXIMUM_VALUE_BYTES,
                false,
                CODECS),
            clock(),
            id().origin(),
            storeObserver,
            uplink,
            shell.standing());
    parts.caches().attach(store, sharing == StoreOptions.Sharing.REPLICATE);
    return store;
  }

  // ---- what it is ----

  /** Returns the incarnation that it is now. */
  public NodeId id() {
    return shell.self();
  }

  public MemberClock clock() {
    return parts.clock();
  }

  public Replica replica() {
    return shell.replica();
  }

  /** Returns the open caches. */
  public List<ClusteredCache> caches() {
    return parts.caches().open();
  }

  /** Returns the version that a cache holds of a key, null if the cache is not open. */
  public @Nullable Version version(long cache, Payload key) {
    ClusteredCache found = parts.caches().find(cache);
    return found == null ? null : found.version(key);
  }

  /** Returns whether there are datagrams that it has yet to read. */
  public boolean hasUnread() {
    return !inbox.isEmpty();
  }

  /** Returns how full its inbox is, in thousandths. */
  public int inboxPerMille() {
    return inbox.perMille();
  }

  // ---- what it does ----

  public void start() {
    shell.start();
  }

  /** A datagram arrives; returns how many were lost for want of room. */
  public int offer(byte[] datagram, SocketAddress source) {
    return inbox.offer(ByteBuffer.wrap(datagram), source);
  }

  /** Does a round and returns whether there is work for another one. */
  public boolean round() {
    return shell.round(inbox);
  }

  /** Returns the elapsed time at which the next round is due at the latest. */
  public long nextTickNanos() {
    return shell.nextTickNanos();
  }

  /** Forgets the changes that it has to send. */
  public void loseUnsent() {
    caches().forEach(cache -> cache.drain(Integer.MAX_VALUE, change -> true));
  }

  /** Ends at once, though it says so. */
  public void leave() {
    shell.leave();
  }

  /** Does the next step of its end; returns whether that was the last of it. */
  public boolean closeFurther() {
    if (closing == null) {
      closing = shell.closing(clock()::nanos);
    } else {
      shell.serve(inbox);
    }
    if (!closing.step()) {
      shell.flush();
      return false;
    }
    shell.leave(closing);
    return true;
  }

  /** A writer begins who will wait for the others; {@link #endAcknowledged} ends that. */
  public void beginAcknowledged() {
    shell.standing().acknowledged().expect();
  }

  /** Begins to wait until the others have applied everything up to a time. */
  public Wait awaitAcknowledged(long time) {
    return new Wait(shell.replica(), shell.standing().acknowledged(), time);
  }

  /** What a writer of {@link #beginAcknowledged} waits for. */
  public static final class Wait {

    private final Replica replica;
    private final Awaiters awaiters;
    private final Awaiters.@Nullable Awaiter awaiter;

    private Wait(Replica replica, Awaiters awaiters, long time) {
      this.replica = replica;
      this.awaiters = awaiters;
      this.awaiter = awaiters.begin(time);
    }

    public boolean isReached() {
      return awaiter == null || awaiter.isReached();
    }

    /** Returns the labels of the members that have not acknowledged the writes. */
    public List<String> missing() {
      return awaiter == null ? List.of() : replica.unacknowledged(awaiter.time());
    }

    /** Waits no more. */
    public void end() {
      if (awaiter != null) {
        awaiters.end(awaiter);
      }
      awaiters.expectNoMore();
    }
  }

  // ---- what is looked at ----

  /** Returns the version of an entry. */
  public static Version versionOf(VersionedEntry entry) {
    return entry.version();
  }

  /** Returns whether other members are not told of an entry. */
  public static boolean staysHere(VersionedEntry entry) {
    return entry.staysHere();
  }

  /** Returns what is remembered of a key that has no entry, in words; null for nothing. */
  public static @Nullable String mark(CoherentStore<String, String> store, String key) {
    Mark mark = store.mark(key);
    return mark == null ? null : mark.kind().name().toLowerCase(Locale.ROOT) + " " + mark.version();
  }

  /** Returns the number of tombstones and fences of a cache. */
  public static int marks(CoherentStore<String, String> store) {
    return store.marks();
  }

  /** Returns the number of changed keys of a cache that have not been taken. */
  public static int dirtyKeys(CoherentStore<String, String> store) {
    return store.dirtyKeys();
  }

  /** The shell of production, with an observer that changes nothing of it. */
  private final class ObservedShell extends MemberShell {

    ObservedShell(
        NodeOptions options,
        NodeId self,
        Transport transport,
        NodeParts parts,
        UnaryOperator<ReplicaOptions> figures) {
      super(options, self, transport, parts, figures);
    }

    @Override
    void receive(NodeId from, boolean sameApplication, Message message) {
      if (observer.onMessage(from, message)) {
        super.receive(from, sameApplication, message);
      }
    }

    @Override
    @Nullable Effects performStep(Effects effects) {
      observer.onEffects(effects);
      Effects then = super.performStep(effects);
      observer.onPerformed(effects);
      return then;
    }

    @Override
    ApplyOutcome apply(ClusteredCache cache, Application application) {
      observer.onApplying(application);
      ApplyOutcome outcome = super.apply(cache, application);
      observer.onApplied(application, outcome);
      return outcome;
    }

    @Override
    void follow(Instruction instruction) {
      observer.onInstruction(instruction);
      super.follow(instruction);
      observer.onFollowed(instruction);
    }

    @Override
    void startAnew(Instruction.StartAnew cause) {
      NodeId former = self();
      super.startAnew(cause);
      observer.onStartedAnew(former, cause);
    }

    @Override
    void log(Notice notice) {} // millions of lines
  }

  /** A failure ends the simulation. */
  private static final class ThrownFailures extends FailureLog {

    private final Observer observer;

    ThrownFailures(Observer observer) {
      super("simulated");
      this.observer = observer;
    }

    @Override
    void attempt(String what, Runnable step) {
      step.run();
    }

    @Override
    void onCacheFailure(String operation, String cacheName, Throwable failure) {
      if (!observer.isExpected(failure)) {
        onInternalFailure(operation, failure);
      }
    }

    @Override
    void onInternalFailure(String operation, Throwable failure) {
      if (failure instanceof RuntimeException exception) {
        throw exception;
      }
      if (failure instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(operation, failure);
    }
  }
}
