package io.github.mccache.simulation;

import static io.github.mccache.simulation.Mutation.alwaysJumps;
import static io.github.mccache.simulation.Mutation.becomes;
import static io.github.mccache.simulation.Mutation.callHook;
import static io.github.mccache.simulation.Mutation.calls;
import static io.github.mccache.simulation.Mutation.constant;
import static io.github.mccache.simulation.Mutation.diverts;
import static io.github.mccache.simulation.Mutation.doesNotWrite;
import static io.github.mccache.simulation.Mutation.doesNothing;
import static io.github.mccache.simulation.Mutation.gives;
import static io.github.mccache.simulation.Mutation.neverJumps;
import static io.github.mccache.simulation.Mutation.omits;
import static io.github.mccache.simulation.Mutation.returns;
import static io.github.mccache.simulation.Mutation.returnsThrough;

import io.github.mccache.simulation.PlantedBug.Edit;
import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.jar.asm.Opcodes;

/** The mistakes that the simulation must notice. */
final class PlantedBugs {

  private static final String REPLICATION = "io/github/mccache/replication/";
  private static final String STORE = "io/github/mccache/node/";

  /** Members that are gone are forgotten after 20 s, marks after 4 s. */
  private static final List<Edit> FORGETFUL =
      List.of(
          new Edit(
              "replication.Membership",
              "onTick",
              becomes("forgottenAfter", out -> callHook(out, "twentySeconds"))),
          new Edit("node.Marks", "forgetDue", constant(60_000, 4_000)));

  private final List<PlantedBug> all = new ArrayList<>();

  private PlantedBugs() {
    streams();
    repairs();
    heartbeats();
    transfers();
    members();
    clocks();
    receiving();
    stores();
    marks();
    sending();
    wire();
    pressure();
    closing();
    shell();
    everyPart();
    failures();
  }

  /** Returns all of them. */
  static List<PlantedBug> all() {
    return new PlantedBugs().all;
  }

  private void plant(
      String name, String description, String type, String method, Mutation mutation) {
    all.add(PlantedBug.of(name, description, type, method, mutation));
  }

  private void plant(
      String name,
      String description,
      List<Edit> circumstances,
      String type,
      String method,
      Mutation mutation) {
    all.add(PlantedBug.of(name, description, type, method, mutation).under(circumstances));
  }

  private void streams() {
    plant(
        "GAP_FORGOTTEN",
        "what is missing is not noted when later data arrives",
        "replication.Stream",
        "raise",
        omits("put"));
    plant(
        "COMPLETE_OVER_GAP",
        "a stream takes over a complete time although something before it is missing",
        "replication.Stream",
        "settle",
        calls("highest", "applied"));
    plant(
        "CONTIGUOUS_IS_HIGHEST",
        "the highest number heard counts as the one up to which everything was",
        "replication.Stream",
        "contiguous",
        gives("isEmpty", true));
    plant(
        "REPAIR_CLOSES_ALL_BELOW",
        "a repair of one number closes all gaps below it",
        "replication.Stream",
        "onRepaired",
        gives("first", 0));
    plant(
        "STREAM_NEVER_BREAKS",
        "a gap that cannot be repaired by number is not pulled either",
        "replication.Stream",
        "breakUp",
        doesNothing());
    plant(
        "VECTOR_SAYS_HIGHEST",
        "a member sends the highest number that it has received as what it has applied",
        "replication.Streams",
        "applied",
        calls("highestArrived", "applied"));
  }

  private void repairs() {
    plant(
        "VOID_INSTEAD_OF_REPAIR",
        "what was asked for is always answered as superseded",
        "replication.SentIndex",
        "stillLast",
        omits("get"));
    plant(
        "FRAME_VOID_TOO_SOON",
        "a number is void as soon as one of its keys was sent again",
        "replication.SentIndex",
        "release",
        neverJumps(2));
    plant(
        "FORGOTTEN_IS_VOID",
        "a number whose keys are forgotten is answered as superseded, not with a resync",
        "replication.SentIndex",
        "isForgotten",
        returns(false));
    plant(
        "SENT_NOT_INDEXED",
        "what was sent is not noted for repairs",
        "replication.LocalChanges",
        "send",
        omits("onSent"));
    plant(
        "REPAIR_LOSES_VALUE",
        "a repair tells every key as an invalidation",
        "replication.RepairAnswers",
        "state/3",
        alwaysJumps(1));
    plant(
        "EMPTY_REPAIRS",
        "a repair says nothing of the keys that it repairs",
        "replication.RepairAnswers",
        "state/1",
        omits("add"));
    plant(
        "ASKS_ONCE",
        "what is missing is asked for once only",
        "replication.GapRequests",
        "onTick",
        constant(20_000_000, 1L << 50));
    plant(
        "NEVER_GIVES_UP_ASKING",
        "a gap that stays open never leads to a pull",
        "replication.GapRequests",
        "onTick",
        omits("breakUp"));
    plant(
        "REPAIR_NOT_APPLIED",
        "a repair closes the gap, and its changes are dropped",
        "replication.Incoming",
        "onRepair",
        gives("anyMatch", false));
  }

  private void heartbeats() {
    plant(
        "WRONG_SEQUENCE_IN_HEARTBEAT",
        "a heartbeat says a lower number than was sent",
        "replication.HeartbeatSender",
        "heartbeat",
        calls("keptBack", "sequence"));
    plant(
        "NO_HEARTBEATS",
        "heartbeats are never due",
        "replication.HeartbeatSchedule",
        "isDue",
        returns(false));
    plant(
        "NEVER_STALE",
        "a member says that it may not be stale at all",
        "replication.Replica",
        "staleMillis",
        returns(0));
    plant(
        "ACKNOWLEDGED_BY_NOBODY",
        "what was sent counts as applied by all",
        "replication.Horizons",
        "acknowledgedTime",
        becomes("ownCompleteTime", out -> out.visitLdcInsn(Long.MAX_VALUE)));
    plant(
        "ACKNOWLEDGES_WHAT_IS_MISSING",
        "an acknowledgement says the present time, whatever is missing",
        "replication.Incoming",
        "acknowledge",
        becomes(
            "applied",
            out -> {
              out.visitVarInsn(Opcodes.ALOAD, 1);
              out.visitMethodInsn(
                  Opcodes.INVOKESTATIC,
                  REPLICATION + "Streams",
                  "applied",
                  "(L" + REPLICATION + "Stream;)Lio/github/mccache/protocol/Message$Applied;",
                  false);
              out.visitVarInsn(Opcodes.ALOAD, 0);
              out.visitFieldInsn(
                  Opcodes.GETFIELD,
                  REPLICATION + "Incoming",
                  "parts",
                  "L" + REPLICATION + "ReplicaParts;");
              out.visitFieldInsn(
                  Opcodes.GETFIELD,
                  REPLICATION + "ReplicaParts",
                  "records",
                  "L" + REPLICATION + "Records;");
              out.visitMethodInsn(
                  Opcodes.INVOKEINTERFACE, REPLICATION + "Records", "time", "()J", true);
              callHook(out, "appliedUpTo");
            }));
  }

  private void transfers() {
    plant(
        "RECORDS_NOT_APPLIED",
        "the donor's vector is taken over, its records are not",
        "replication.Catchup",
        "onChunk",
        omits("apply"));
    plant(
        "LAST_CHUNKS_LOST",
        "a transfer counts as done with its first chunk",
        "replication.Catchup",
        "lambda$onChunk",
        gives("isDone", true));
    plant(
        "CHUNK_GAP_FORGOTTEN",
        "a chunk that is missing between others is not asked for",
        "replication.StatePull",
        "onChunk",
        neverJumps(10));
    plant(
        "ONE_CHUNK_FOR_ALL",
        "a record that does not fit into a chunk is in no chunk",
        "replication.StateDonor",
        "sendChunk",
        doesNotWrite("left"));
    plant(
        "SURVIVORS_SHARE_NOTHING",
        "what another member has beyond a gap of a dead one is not requested",
        "replication.CatchUpTransfer",
        "has",
        calls("appliedSequence", "highestApplied"));
    plant(
        "BEYOND_A_GAP_UNTOLD",
        "a member does not announce what it has beyond a gap",
        "replication.Streams",
        "applied",
        calls("applied", "highestArrived"));
    plant(
        "DONOR_SKIPS_REMOVALS",
        "a donor leaves out removals",
        "replication.StateDonor$Session",
        "isWanted/1",
        returnsThrough("wantsNoRemovals"));
    plant(
        "DONOR_SKIPS_MARKS",
        "a donor leaves out removals and invalidations",
        "replication.StateDonor$Session",
        "isWanted/1",
        returnsThrough("wantsNoMarks"));
    plant(
        "DONOR_SENDS_OLDER",
        "a donor sends what the asker has, not what it lacks",
        "replication.StateDonor$Session",
        "isWanted/3",
        Mutation.instruction(Opcodes.IFLE, Opcodes.IFGE));
  }

  private void members() {
    plant(
        "DEAD_FOR_EVER",
        "who was taken for dead and is heard again stays dead",
        "replication.Membership",
        "received",
        omits("becomeAlive"));
    plant(
        "STABLE_AT_ONCE",
        "everything counts as applied by everybody",
        "replication.Stability",
        "time",
        returns(Long.MAX_VALUE));
  }

  private void clocks() {
    plant(
        "CLOCKS_NEVER_AGREE",
        "clocks are not brought together",
        "replication.ClockAgreement",
        "onTick",
        gives("upperMedian", 0));
    plant(
        "CLOCK_DOES_NOT_OBSERVE",
        "the hybrid clock does not follow what was heard",
        "node.MemberClock",
        "observe",
        alwaysJumps(2));
    plant(
        "CLOCK_REPEATS_ITSELF",
        "two writes within a millisecond have one version",
        "protocol.HybridTime",
        "next",
        becomes(
            "max",
            out -> {
              out.visitVarInsn(Opcodes.LLOAD, 2);
              out.visitMethodInsn(
                  Opcodes.INVOKESTATIC,
                  "io/github/mccache/protocol/HybridTime",
                  "ofMillis",
                  "(J)J",
                  false);
            }));
    plant(
        "TIES_OPEN",
        "of two versions of one time none is the higher",
        "protocol.Version",
        "compareTo",
        gives("compareUnsigned", 0));
  }

  private void receiving() {
    plant(
        "OLDER_TAKEN",
        "an older version replaces a newer one",
        "replication.ApplyRule",
        "decide",
        gives("isAfter", 2, true));
    plant(
        "OLDER_REPLACES_FENCE",
        "a value older than the fence of its key is taken",
        "replication.ApplyRule",
        "decide",
        returnsThrough("olderReplacesFence"));
    plant(
        "OLDER_REPLACES_TOMBSTONE",
        "a value older than the removal of its key is taken",
        "replication.ApplyRule",
        "decide",
        returnsThrough("olderReplacesTombstone"));
    plant(
        "FENCE_TAKES_SAME_VERSION",
        "a fence is replaced by a value of its own version",
        "replication.ApplyRule",
        "decide",
        returnsThrough("fenceTakesSameVersion"));
    plant(
        "NO_TOMBSTONE_FOR_ABSENT",
        "the removal of a key that is absent is not remembered",
        "replication.ApplyRule",
        "decide",
        returnsThrough("noTombstoneForAbsent"));
    plant(
        "UPDATE_TAKES_ABSENT",
        "mode update takes values of keys that are absent",
        "replication.ApplyRule",
        "newValue",
        returnsThrough("updateTakesAbsent"));
    all.add(
        PlantedBug.of(
                "INVALIDATE_TELLS_VALUES",
                "mode invalidate tells and takes values",
                "replication.ApplyRule",
                "newValue",
                returnsThrough("invalidateTakesValues"))
            .and("node.ChangeMaker", "of/2", alwaysJumps(2).and(gives("staysHere", false))));
    plant(
        "DEADLINE_FROM_ARRIVAL",
        "a time to live begins when the value arrives",
        "node.RemoteChanges",
        "record/2",
        becomes(
            "deadlineMillis",
            out -> {
              out.visitVarInsn(Opcodes.ALOAD, 0);
              out.visitVarInsn(Opcodes.LLOAD, 1);
              callHook(out, "deadlineFromArrival");
            }));
    plant(
        "WAITING_NOT_HIDDEN",
        "readers see what is older than a change that waits for its key",
        "node.RemoteChanges",
        "arrival",
        returns(null));
    plant(
        "WAITING_REPLACED_BY_OLDER",
        "of two changes that wait for a key the later to come is kept",
        "node.RemoteChanges$Arrival",
        "newer",
        gives("compareTo", -1));
    plant(
        "WAITING_LOST",
        "of several changes that wait for a key the first is kept",
        "node.RemoteChanges$Arrival",
        "newer",
        gives("compareTo", 1));
  }

  private void stores() {
    plant(
        "LOAD_NOT_BROKEN",
        "news of a key does not keep a load under way out",
        "node.RemoteChanges",
        "apply",
        omits("breakLoads"));
    plant(
        "LOAD_STAMPED_AFTER",
        "a load is stamped after its loader has come back",
        "node.CoherentStore",
        "publishSince/6",
        becomes(
                "version",
                out -> {
                  out.visitVarInsn(Opcodes.ALOAD, 0);
                  out.visitFieldInsn(
                      Opcodes.GETFIELD,
                      STORE + "CoherentStore",
                      "state",
                      "L" + STORE + "StoreState;");
                  out.visitMethodInsn(
                      Opcodes.INVOKEVIRTUAL,
                      STORE + "StoreState",
                      "stamp",
                      "()Lio/github/mccache/protocol/Version;",
                      false);
                })
            .and(gives("isUnbroken", true)));
    plant(
        "LOAD_OVER_NEWER",
        "a load is cached although the key was written since",
        "node.CoherentStore",
        "isKnownSince",
        returns(false));
    plant(
        "LOAD_TOLD",
        "a load of a mode that keeps loads to itself is told to others",
        "node.CoherentStore",
        "publishSince/6",
        omits("stayHere"));
    plant(
        "LOAD_TOLD_WHEN_ASKED",
        "who asks for the key of a load that stays here is told its version",
        "node.VersionedEntry",
        "sharedVersion",
        alwaysJumps(1));
    plant(
        "NOT_TAKEN_NOT_REMEMBERED",
        "a write whose value is not taken leaves no fence",
        "node.RemoteChanges",
        "refuse",
        doesNothing());
    plant(
        "CLEAR_HIDES_NOTHING",
        "entries below a clear stay visible",
        "node.StoreState",
        "isAboveClear",
        returns(true));
    plant(
        "CLEAR_NOT_TOLD",
        "a clear is not told to others",
        "node.StoreClears",
        "clear",
        omits("accumulateAndGet"));
    plant(
        "EXPIRED_VISIBLE",
        "entries past their deadline are seen",
        "node.StoreState",
        "isPresent",
        gives("isExpired", false));
    plant(
        "DEADLINE_NOT_TOLD",
        "the deadline is not told with the value",
        "node.ChangeMaker",
        "of/2",
        gives("sharedTtlMillis", Long.MAX_VALUE));
    plant(
        "FENCE_OF_UNSENT_NOT_SENT",
        "a write that is evicted before it was sent is told to nobody",
        "node.Mark",
        "inPlaceOf",
        gives("isSent", true));
    plant(
        "NO_FENCE_ON_EVICTION",
        "an entry that goes by itself leaves no fence",
        "node.StoreState",
        "fenceIfNeeded",
        returns(null));
    plant(
        "NO_FENCE_ON_EXPIRY",
        "an entry that expires leaves no fence",
        "node.StoreState",
        "expire",
        omits("fenceIfNeeded"));
    plant("NO_MARKS", "removals are not remembered", "node.StoreState", "leave", omits("put"));
    plant(
        "MARK_OUTLIVES_ENTRY",
        "a value that replaces a removal leaves the removal in place",
        "node.RemoteChanges",
        "take",
        gives("remove", 2, null));
    plant(
        "REMOVAL_NOT_SENT",
        "a removal counts as sent before it was",
        "node.CoherentStore",
        "leaveMark",
        constant(0, 1));
  }

  private void marks() {
    plant(
        "COLLECTED_BY_AGE",
        "removals are forgotten by age alone",
        FORGETFUL,
        "node.Marks",
        "forgetDue",
        gives("stableTime", Long.MAX_VALUE));
  }

  private void sending() {
    plant(
        "COMPLETE_TOO_EARLY",
        "a burst's first frame says that all of the burst was sent",
        "replication.LocalChanges",
        "send",
        neverJumps(3));
    plant(
        "CHANGE_LOST_BETWEEN_FRAMES",
        "what does not fit into a frame is in no frame",
        "replication.ChangePacker",
        "pack",
        gives("add", 1, false));
    plant(
        "NEVER_MORE_TOKENS",
        "the rate is used up once and for all",
        "replication.Pacer",
        "refill",
        doesNothing());
    plant(
        "SCRUBS_FOR_EVER",
        "the comparison of contents never pauses",
        "replication.Scrubber",
        "onTick",
        doesNotWrite("dueNanos"));
    plant(
        "SCRUB_TELLS_WHAT_IS_EQUAL",
        "the comparison of contents answers also where nothing differs",
        "replication.Scrubber",
        "onScrub",
        gives("equals", false).and(gives("isAfter", true)));
  }

  private void wire() {
    plant(
        "PACKET_NUMBER_TWICE",
        "a packet number is used twice",
        "wire.FrameCodec",
        "datagram",
        diverts("incrementAndGet", "half"));
    plant(
        "PIECES_IN_ORDER_OF_ARRIVAL",
        "pieces are put together in the order in which they came",
        "replication.Reassembler$Assembly",
        "add",
        becomes(
            "index",
            out -> {
              out.visitVarInsn(Opcodes.ALOAD, 0);
              out.visitFieldInsn(
                  Opcodes.GETFIELD,
                  "io/github/mccache/replication/Reassembler$Assembly",
                  "parts",
                  "Ljava/util/TreeMap;");
              out.visitMethodInsn(Opcodes.INVOKEVIRTUAL, "java/util/TreeMap", "size", "()I", false);
            }));
    plant(
        "PIECES_INCOMPLETE",
        "a message is taken as whole with its first piece",
        "replication.Reassembler",
        "onFragment",
        neverJumps(9));
  }

  private void pressure() {
    plant(
        "PIECES_WAIT_FOR_DATA",
        "pieces of long values go only while no other change waits",
        "replication.OutgoingFragments",
        "onTick",
        gives("mayData", 2, true));
  }

  private void closing() {
    all.add(
        PlantedBug.of(
                "CLOSE_FORGETS_KEYS",
                "a member that closes says nothing of the changes that it could not begin to send",
                "node.LastChanges",
                "withoutValue",
                returns(null))
            .and("node.Closing", "clear", doesNothing()));
    all.add(
        PlantedBug.of(
                "CLOSE_FORGETS_PIECES",
                "a member that closes says nothing of the changes of which it sent some pieces",
                "replication.Replica",
                "giveUpPieces",
                omits("tell"))
            .and("node.Closing", "clear", doesNothing()));
  }

  private void shell() {
    plant(
        "DOUBT_IS_IGNORED",
        "a member that receives a copy of itself goes on",
        "node.MemberShell",
        "onDoubt",
        doesNothing());
    plant(
        "SHELL_DOES_NOT_FLUSH",
        "messages wait until 256 of them do",
        "node.MemberShell",
        "round",
        omits("flush"));
    plant(
        "CACHES_NOT_ANNOUNCED",
        "the replica does not learn which caches are open",
        "node.CacheAnnouncements",
        "announce/1",
        omits("announce"));
    plant(
        "TIME_ONLY_WITH_CHANGES",
        "the complete time goes out with changes alone",
        "node.ChangeSender",
        "handOver",
        doesNothing());
    plant(
        "DISTRUST_IGNORED",
        "caches keep what the replica wants distrusted",
        "node.Instructions",
        "inEachCache",
        doesNothing());
    plant(
        "ANEW_WITHOUT_CACHES",
        "a member that starts anew does not announce its caches",
        "node.MemberShell",
        "startAnew",
        omits("announce"));
    plant(
        "PUBLISHED_TOO_HIGH",
        "writers that wait are told that all have applied their writes",
        "node.PublishedStanding",
        "publish/1",
        gives("acknowledgedTime", Long.MAX_VALUE));
    plant(
        "OUTBOX_COMPLETE_TOO_EARLY",
        "the outbox counts as emptied although caches have more to send",
        "node.Outbox",
        "take",
        gives("isEmpty", 2, true));
    plant(
        "OUTBOX_STALLS",
        "a cache that could not send all at once is not visited any more",
        "node.Outbox",
        "visit",
        omits("add").and(omits("drained")));
  }

  /** Parts of which no other planted bug is. */
  private void everyPart() {
    plant(
        "OWN_PROGRESS_OF_PEER_LOST",
        "a peer's acknowledgements of this member's stream are not kept",
        "replication.Peer",
        "appliedOwn",
        doesNothing());
    plant(
        "NO_PEER_ACKNOWLEDGES",
        "no peer counts as one that acknowledges",
        "replication.Peer",
        "acknowledges",
        returns(false));
    plant(
        "NO_PEER_IS_ALIVE",
        "no peer counts as one that may be alive",
        "replication.Peer",
        "mayLive",
        returns(false));
    plant(
        "OWN_CLEAR_NOT_KEPT",
        "a clear of this member is not repeated in heartbeats",
        "replication.ClearFloors",
        "raise",
        doesNothing());
    plant(
        "CLEAR_NEVER_NEWS",
        "a clear floor that a peer sends is never new",
        "replication.ClearFloors",
        "isNews",
        returns(false));
    plant(
        "NO_CLOCK_SAMPLES",
        "the clocks of heartbeats are not noted",
        "replication.ClockSamples",
        "add",
        doesNothing());
    plant(
        "NO_FRAGMENTS",
        "a message that is too long for a datagram is sent whole",
        "replication.Sender",
        "send",
        neverJumps(1));
    plant(
        "CLOCK_REJECTS_NEVER_PASS",
        "no clock reject is sent or followed",
        "replication.OncePerSecond",
        "mayPass",
        returns(false));
    plant(
        "RANGES_MERGED",
        "ranges of numbers swallow the gaps between them",
        "replication.RangeList",
        "add",
        neverJumps(2));
    plant(
        "FIRST_PIECE_AGAIN_AND_AGAIN",
        "of several missing fragments the first is sent each time",
        "replication.OutgoingFragments",
        "sendAgain",
        gives("nextSetBit", 0));
    plant(
        "FRAGMENTS_NOT_REQUESTED",
        "missing fragments are not requested",
        "replication.Reassembler",
        "onTick",
        doesNothing());
    plant(
        "LOADS_NEVER_BROKEN",
        "a load is cached whatever happened to its key",
        "node.LoadGuard",
        "isUnbroken",
        returns(true));
    plant(
        "CLEAR_BREAKS_NO_LOAD",
        "a clear does not break the loads in flight",
        "node.LoadGuard",
        "breakAllLoads/1",
        doesNothing());
    plant(
        "FLOOR_NOT_RAISED",
        "a floor does not rise",
        "node.Floor",
        "raise",
        doesNotWrite("version"));
    plant(
        "UNICAST_LOST",
        "messages to one member are not sent",
        "node.Postbox",
        "flush",
        omits("forEach"));
    plant(
        "CURRENT_STATE_UNKNOWN",
        "the current state of a key is never found",
        "node.StoreRecords",
        "current",
        returns(null));
    plant(
        "EVERYTHING_IS_LACKED",
        "every key that a scrub names is pulled",
        "node.StoreRecords",
        "lacks",
        returns(true));
  }

  private void failures() {
    plant(
        "ACKNOWLEDGED_BEFORE_APPLIED",
        "a change counts as applied whatever the cache did with it",
        "replication.ApplyOutcome",
        "isDone",
        returns(true));
  }
}
