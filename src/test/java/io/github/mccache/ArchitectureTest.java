package io.github.mccache;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import com.typesafe.config.Config;
import io.github.mccache.api.McCache;
import java.io.ObjectInputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Timer;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.cache.Cache;
import javax.crypto.Cipher;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;

/**
 * The rooms of this project and what each of them may see. Dependencies point downwards only.
 *
 * <p>Each law is tried twice: on the project, where it holds, and on the packages below {@code
 * io.github.mccache.architecture.violations}, which are laid out like the project and break every
 * law, so that a law that cannot fail is noticed.
 */
class ArchitectureTest {

  private static final String PROJECT = "io.github.mccache";
  private static final String VIOLATIONS = PROJECT + ".architecture.violations";

  private static final String PROTOBUF = "com.google.protobuf..";
  private static final String CRYPTO = "javax.crypto..";
  private static final String JCACHE = "javax.cache..";
  private static final String MANAGEMENT = "javax.management..";
  private static final String SETTINGS = "com.typesafe.config..";
  private static final String LOGGING = "org.slf4j..";

  /**
   * The rooms with limits. The root package and {@code cli} put the parts together and may use all.
   */
  private static final List<Room> ROOMS =
      List.of(
          new Room("api").libraries(JCACHE),
          new Room("jcache")
              .uses("api", "node", "store", "codec", "config")
              .libraries(JCACHE, MANAGEMENT, LOGGING),
          new Room("node")
              .uses("replication", "wire", "store", "transport", "codec", "protocol")
              .libraries(MANAGEMENT, LOGGING),
          new Room("replication").uses("protocol"),
          new Room("wire").uses("protocol", "wire.proto").libraries(PROTOBUF, CRYPTO, LOGGING),
          new Room("wire.proto").libraries(PROTOBUF),
          new Room("transport").libraries(LOGGING),
          new Room("store"),
          new Room("codec").uses("api").libraries(LOGGING),
          new Room("protocol"),
          new Room("config").uses("api").libraries(SETTINGS, LOGGING));

  /** A class of each library, by the pattern that allows it. */
  private static final Map<String, Class<?>> LIBRARIES =
      Map.of(
          JCACHE, Cache.class,
          MANAGEMENT, ObjectName.class,
          CRYPTO, Cipher.class,
          PROTOBUF, ByteString.class,
          SETTINGS, Config.class,
          LOGGING, Logger.class);

  private static final List<Law> LAWS =
      List.of(
          new Law(
              "every class lives in a room",
              ArchitectureTest::everyClassLivesInARoom,
              "attic.UnknownRoom"),
          new Law(
              "rooms are free of cycles",
              ArchitectureTest::roomsAreFreeOfCycles,
              "Cycle detected: Slice api"),
          new Law(
              "the root holds the provider only",
              ArchitectureTest::rootHoldsTheProviderOnly,
              "violations.Stray"),
          new Law(
              "protobuf in wire only",
              ArchitectureTest::protobufInWireOnly,
              "node.Violations$SeesEveryLibrary"),
          new Law(
              "generated code in wire only",
              ArchitectureTest::generatedCodeInWireOnly,
              "node.Violations$SeesEveryRoom"),
          new Law(
              "cryptography in wire only",
              ArchitectureTest::cryptographyInWireOnly,
              "node.Violations$SeesEveryLibrary"),
          new Law(
              "javax.cache in the upper rooms only",
              ArchitectureTest::javaxCacheAboveOnly,
              "node.Violations$SeesEveryLibrary",
              "replication.Violations$SeesEveryLibrary",
              "wire.Violations$SeesEveryLibrary",
              "transport.Violations$SeesEveryLibrary",
              "store.Violations$SeesEveryLibrary",
              "protocol.Violations$SeesEveryLibrary"),
          new Law(
              "replication and wire have no threads, locks or sockets",
              ArchitectureTest::replicationAndWireStartNothing,
              "replication.Violations$StartsThread",
              "replication.Violations$Schedules",
              "replication.Violations$OpensSocket",
              "wire.Violations$StartsThread",
              "wire.Violations$Schedules",
              "wire.Violations$OpensChannel"),
          new Law(
              "the JDK's common timer, which keeps a class loader, is not used",
              ArchitectureTest::commonTimerIsNotUsed,
              "jcache.Violations$UsesCommonTimer"),
          new Law(
              "replication reads no clock",
              ArchitectureTest::replicationReadsNoClock,
              "$SeesNanoTime",
              "$SeesMillis",
              "$SeesInstant.",
              "$SeesClock",
              "$SeesInstantSource"),
          new Law(
              "replication has no chance of its own",
              ArchitectureTest::replicationHasNoChanceOfItsOwn,
              "$MakesRandom",
              "$MakesSplittableRandom",
              "$MakesSecureRandom",
              "$SeesThreadLocalRandom",
              "$SeesDefaultGenerator",
              "$SeesGeneratorFactory",
              "$SeesMathRandom",
              "$SeesRandomUuid"),
          new Law(
              "replication does not log",
              ArchitectureTest::replicationDoesNotLog,
              "replication.Violations$SeesEveryLibrary",
              "$SeesJdkLogger",
              "$SeesSystemLogger"),
          new Law(
              "the console in cli only",
              ArchitectureTest::consoleInCliOnly,
              "$PrintsToOut",
              "$PrintsToErr",
              "$PrintsTrace"),
          new Law(
              "ObjectInputStream in codec only",
              ArchitectureTest::objectInputStreamInCodecOnly,
              "$ReadsObjects",
              "$ExtendsObjectInputStream"));

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(PROJECT);

  private static final JavaClasses BROKEN = new ClassFileImporter().importPackages(VIOLATIONS);

  @Test
  void project_imported_isThere() {
    assertThat(MAIN.contain(McCache.class)).isTrue();
    assertThat(MAIN).noneMatch(type -> type.getPackageName().startsWith(VIOLATIONS));
  }

  static List<Law> laws() {
    return LAWS;
  }

  @ParameterizedTest
  @MethodSource("laws")
  void law_project_keepsIt(Law law) {
    law.rule.apply(PROJECT).allowEmptyShould(true).check(MAIN);
  }

  @ParameterizedTest
  @MethodSource("laws")
  void law_violations_areFound(Law law) {
    assertViolations(law.rule.apply(VIOLATIONS), law.violations);
  }

  static List<Room> rooms() {
    return ROOMS;
  }

  @ParameterizedTest
  @MethodSource("rooms")
  void room_project_usesWhatItMay(Room room) {
    room.rule(PROJECT).allowEmptyShould(true).check(MAIN);
  }

  /** In the violations each room sees every room and every library. */
  @ParameterizedTest
  @MethodSource("rooms")
  void room_violations_areFound(Room room) {
    List<String> forbidden = new ArrayList<>();
    rooms().stream()
        .filter(other -> !room.mayUse(other))
        .map(other -> "<" + VIOLATIONS + "." + other.name + ".Door>")
        .forEach(forbidden::add);
    LIBRARIES.forEach(
        (library, type) -> {
          if (!room.libraries.contains(library)) {
            forbidden.add("<" + type.getName() + ">");
          }
        });
    forbidden.add("<" + VIOLATIONS + ".cli.Door>");
    forbidden.add("<" + VIOLATIONS + ".McCachingProvider>");

    assertViolations(room.rule(VIOLATIONS), forbidden);
  }

  private static void assertViolations(ArchRule rule, List<String> expected) {
    String report =
        rule.evaluate(BROKEN).getFailureReport().getDetails().stream()
            .collect(Collectors.joining("\n"));
    assertThat(expected).isNotEmpty();
    assertThat(report).contains(expected);
  }

  private static ArchRule everyClassLivesInARoom(String root) {
    String[] packages =
        Stream.concat(
                Stream.of(root, root + ".cli"), ROOMS.stream().map(room -> root + "." + room.name))
            .toArray(String[]::new);
    return classes().should().resideInAnyPackage(packages);
  }

  private static ArchRule roomsAreFreeOfCycles(String root) {
    return slices().matching(root + ".(*)..").should().beFreeOfCycles();
  }

  private static ArchRule rootHoldsTheProviderOnly(String root) {
    return classes()
        .that()
        .resideInAPackage(root)
        .and()
        .areTopLevelClasses()
        .and()
        .doNotHaveSimpleName("package-info")
        .should()
        .haveSimpleName("McCachingProvider");
  }

  private static ArchRule protobufInWireOnly(String root) {
    return noClasses()
        .that()
        .resideOutsideOfPackage(root + ".wire..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(PROTOBUF);
  }

  private static ArchRule generatedCodeInWireOnly(String root) {
    return noClasses()
        .that()
        .resideOutsideOfPackage(root + ".wire..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(root + ".wire.proto");
  }

  private static ArchRule cryptographyInWireOnly(String root) {
    return noClasses()
        .that()
        .resideOutsideOfPackage(root + ".wire")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(CRYPTO);
  }

  private static ArchRule javaxCacheAboveOnly(String root) {
    return noClasses()
        .that()
        .resideInAnyPackage(
            root + ".node",
            root + ".replication",
            root + ".wire..",
            root + ".transport",
            root + ".store",
            root + ".protocol")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(JCACHE);
  }

  private static ArchRule replicationAndWireStartNothing(String root) {
    DescribedPredicate<JavaClass> threads =
        type(Thread.class)
            .or(type(ThreadLocal.class))
            .or(type(Timer.class))
            .or(resideInAnyPackage("java.util.concurrent", "java.util.concurrent.locks"))
            .and(DescribedPredicate.not(type(TimeUnit.class)));
    return noClasses()
        .that()
        .resideInAnyPackage(root + ".replication", root + ".wire")
        .should()
        .dependOnClassesThat(
            threads
                .or(resideInAnyPackage("java.net..", "java.nio.channels.."))
                .as("are threads, locks or sockets"));
  }

  private static ArchRule commonTimerIsNotUsed(String root) {
    return noClasses()
        .that()
        .resideInAPackage(root + "..")
        .should()
        .accessTargetWhere(
            calls(CompletableFuture.class, "completeOnTimeout", "orTimeout", "delayedExecutor")
                .as("the common timer is used"));
  }

  private static ArchRule replicationReadsNoClock(String root) {
    return noClasses()
        .that()
        .resideInAPackage(root + ".replication")
        .should()
        .accessTargetWhere(
            calls(System.class, "nanoTime", "currentTimeMillis")
                .or(calls(Instant.class, "now"))
                .as("the clock is read"))
        .orShould()
        .dependOnClassesThat(type(Clock.class).or(type(InstantSource.class)).as("are clocks"));
  }

  private static ArchRule replicationHasNoChanceOfItsOwn(String root) {
    DescribedPredicate<JavaAccess<?>> constructed =
        describe(
            "a source of chance is made",
            access ->
                access instanceof JavaConstructorCall
                    && access.getTargetOwner().isAssignableTo(RandomGenerator.class));
    return noClasses()
        .that()
        .resideInAPackage(root + ".replication")
        .should()
        .accessTargetWhere(
            constructed
                .or(calls(RandomGenerator.class, "of", "getDefault"))
                .or(calls(Math.class, "random"))
                .or(calls(UUID.class, "randomUUID"))
                .as("chance is not the caller's"))
        .orShould()
        .dependOnClassesThat(
            name("java.util.concurrent.ThreadLocalRandom")
                .or(name("java.util.random.RandomGeneratorFactory"))
                .as("are sources of chance"));
  }

  private static ArchRule replicationDoesNotLog(String root) {
    return noClasses()
        .that()
        .resideInAPackage(root + ".replication")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(LOGGING, "java.util.logging..")
                .or(type(System.Logger.class))
                .as("are loggers"));
  }

  private static ArchRule consoleInCliOnly(String root) {
    return noClasses()
        .that()
        .resideOutsideOfPackage(root + ".cli")
        .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS);
  }

  private static ArchRule objectInputStreamInCodecOnly(String root) {
    return noClasses()
        .that()
        .resideOutsideOfPackage(root + ".codec")
        .should()
        .dependOnClassesThat(type(ObjectInputStream.class));
  }

  private static DescribedPredicate<JavaAccess<?>> calls(Class<?> owner, String... methods) {
    Set<String> names = Set.of(methods);
    return describe(
        owner.getSimpleName() + names + " is called",
        access ->
            access.getTargetOwner().isEquivalentTo(owner) && names.contains(access.getName()));
  }

  /** A rule for the house below a root package, and what it says of the violations. */
  private record Law(String name, Function<String, ArchRule> rule, List<String> violations) {

    Law(String name, Function<String, ArchRule> rule, String... violations) {
      this(name, rule, List.of(violations));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** A room's name, the rooms that it may use, and the packages of libraries that it may use. */
  private record Room(String name, List<String> rooms, List<String> libraries) {

    Room(String name) {
      this(name, List.of(), List.of());
    }

    Room uses(String... rooms) {
      return new Room(name, List.of(rooms), libraries);
    }

    Room libraries(String... libraries) {
      return new Room(name, rooms, List.of(libraries));
    }

    boolean mayUse(Room other) {
      return other.name.equals(name) || rooms.contains(other.name);
    }

    ArchRule rule(String root) {
      List<String> allowed = new ArrayList<>(List.of("java..", "org.jspecify.."));
      allowed.add(root + "." + name);
      rooms.forEach(room -> allowed.add(root + "." + room));
      allowed.addAll(libraries);
      return classes()
          .that()
          .resideInAPackage(root + "." + name)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(allowed.toArray(String[]::new));
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
