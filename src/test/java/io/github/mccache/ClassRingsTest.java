package io.github.mccache;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * Rings of classes inside a package: classes that use one another, directly or through others of
 * the package. Nested classes count as their outermost class. A ring that is not listed fails the
 * test, and so does a listed ring that no longer exists.
 */
class ClassRingsTest {

  private static final String PROJECT = "io.github.mccache";

  /** The rings of the project, each as {@code package: classes in alphabetical order}. */
  private static final Set<String> KNOWN =
      Set.of(
          "codec: AllowedClasses, Origin",
          "config: FileLayer, Settings",
          "config: Locations, NestedJar",
          "node: Acknowledgement, CacheAnnouncements, ChangeSender, Closing, "
              + "DecodingThread, EventLoop, FailureLog, Incarnation, Instructions, "
              + "KeptApart, MemberShell, Node, NodeParts, NoticeLog, Outbox, "
              + "PublishedStanding, RoundWatch, Solitude",
          "node: ChangeMaker, CoherentStore, EncodedChanges, EntryBounds, HeldKey, "
              + "KeyDecoding, KeyForm, KeyState, Marks, RemoteChanges, StoreClears, "
              + "StoreCounters, StoreRecords, StoreState, TouchedEntries, ValueForm",
          "protocol: Message, MessageHandler",
          "replication: Effects, EffectsCollector, Receipt",
          "store: KeyLock, Node, NodeTable, WaitGraph",
          "transport: MemoryNetwork, MemoryTransport");

  @Test
  void project_ringsInsidePackages_areTheKnownOnes() {
    JavaClasses main =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("/wire/proto/"))
            .importPackages(PROJECT);

    assertThat(rings(main)).isEqualTo(new TreeSet<>(KNOWN));
  }

  @Test
  void rings_classesThatUseOneAnother_areOneRing() {
    JavaClasses classes =
        new ClassFileImporter()
            .importClasses(First.class, Second.class, Third.class, Outside.class);

    assertThat(rings(usesAmong(classes, JavaClass::getName)).stream().map(this::simpleNames))
        .containsExactly("First, Second, Third");
  }

  private static final class First {
    Second next;
  }

  private static final class Second {
    void use(Third next) {}
  }

  private static final class Third {
    Object next() {
      return new First();
    }
  }

  private static final class Outside {
    First first;
  }

  private String simpleNames(Set<String> ring) {
    return ring.stream()
        .map(name -> name.substring(name.lastIndexOf('$') + 1))
        .collect(joining(", "));
  }

  private static Set<String> rings(JavaClasses classes) {
    return rings(usesAmong(classes, ClassRingsTest::outermost)).stream()
        .map(ClassRingsTest::described)
        .collect(toCollection(TreeSet::new));
  }

  private static String described(Set<String> ring) {
    String first = ring.iterator().next();
    String room = first.substring(0, first.lastIndexOf('.'));
    return ring.stream()
        .map(name -> name.substring(room.length() + 1))
        .collect(joining(", ", room.substring(PROJECT.length() + 1) + ": ", ""));
  }

  private static String outermost(JavaClass type) {
    String name = type.getName();
    int nested = name.indexOf('$');
    return nested < 0 ? name : name.substring(0, nested);
  }

  /** Returns which of the classes each class uses, of its own package only. */
  private static Map<String, Set<String>> usesAmong(
      JavaClasses classes, Function<JavaClass, String> name) {
    Map<String, Set<String>> uses = new HashMap<>();
    for (JavaClass type : classes) {
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        JavaClass target = dependency.getTargetClass().getBaseComponentType();
        String from = name.apply(type);
        String to = name.apply(target);
        if (target.getPackageName().equals(type.getPackageName()) && !to.equals(from)) {
          uses.computeIfAbsent(from, key -> new TreeSet<>()).add(to);
        }
      }
    }
    return uses;
  }

  private static Set<Set<String>> rings(Map<String, Set<String>> uses) {
    Map<String, Set<String>> reached = new HashMap<>();
    uses.keySet().forEach(name -> reached.put(name, reachedFrom(name, uses)));
    Set<Set<String>> rings = new HashSet<>();
    reached.forEach(
        (name, others) -> {
          if (others.contains(name)) {
            rings.add(
                others.stream()
                    .filter(other -> reached.getOrDefault(other, Set.of()).contains(name))
                    .collect(toCollection(TreeSet::new)));
          }
        });
    return rings;
  }

  private static Set<String> reachedFrom(String start, Map<String, Set<String>> uses) {
    Set<String> reached = new TreeSet<>();
    Deque<String> next = new ArrayDeque<>(uses.getOrDefault(start, Set.of()));
    while (!next.isEmpty()) {
      String name = next.pop();
      if (reached.add(name)) {
        next.addAll(uses.getOrDefault(name, Set.of()));
      }
    }
    return reached;
  }
}
