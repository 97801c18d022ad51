package io.github.mccache.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reports the environment variables that begin as ours do and set nothing: those of McCache for
 * Python that have no counterpart, misspelt ones, and those of others, as Kubernetes defines for
 * every service whose name begins with {@code mccache}. None of them is a mistake.
 */
final class ForeignVariables {

  private static final String BY_THE_LOGGING_BACKEND =
      "The logging backend of the application stands in its place";
  private static final String BY_RATE_CONTROL =
      "Members measure by themselves how fast they may send";
  private static final String NOTHING = "Nothing stands in its place";

  /** What stands in the place of those variables of McCache for Python that set nothing here. */
  static final Map<String, String> PYTHON = new LinkedHashMap<>();

  static {
    PYTHON.put("MCCACHE_LOG_FILENAME", BY_THE_LOGGING_BACKEND);
    PYTHON.put("MCCACHE_LOG_FORMAT", BY_THE_LOGGING_BACKEND);
    PYTHON.put("MCCACHE_LOG_MSGFMT", BY_THE_LOGGING_BACKEND);
    PYTHON.put(
        "MCCACHE_DEBUG_LEVEL",
        "The level of the logger io.github.mccache in the logging backend stands in its place");
    PYTHON.put("MCCACHE_DEBUG_FILE", BY_THE_LOGGING_BACKEND);
    PYTHON.put("MCCACHE_CONGESTION", BY_RATE_CONTROL);
    PYTHON.put("MCCACHE_PACKET_PACE", BY_RATE_CONTROL);
    PYTHON.put("MCCACHE_ALERT_EMAIL", "The MXBeans of io.github.mccache stand in its place");
    PYTHON.put("MCCACHE_DAEMON_SLEEP", NOTHING);
    PYTHON.put("MCCACHE_MONKEY_TANTRUM", NOTHING);
    PYTHON.put("MCCACHE_RANDOM_SEED", NOTHING);
    PYTHON.put("MCCACHE_CACHE_SYNC_ON", NOTHING);
    PYTHON.put("MCCACHE_QUORUM_MEMBER", NOTHING);
    PYTHON.put("MCCACHE_QUEUE_IB_SIZE", NOTHING);
    PYTHON.put("MCCACHE_QUEUE_OB_SIZE", NOTHING);
  }

  /** What Kubernetes sets for a service, besides the address in a variable that ends in _PORT. */
  private static final Pattern SERVICE_LINK =
      Pattern.compile(
          ".*_SERVICE_(HOST|PORT(_.*)?)|.*_PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?");

  private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

  private static final int MOST_EDITS = 3;
  private static final int MOST_NAMES = 20;

  private ForeignVariables() {}

  /**
   * Returns whether a variable is a service link of Kubernetes, even if it has the name of ours: a
   * service {@code mccache-cluster-mesh} defines {@code MCCACHE_CLUSTER_MESH_PORT}.
   */
  static boolean isServiceLink(String variable, String text) {
    return SERVICE_LINK.matcher(variable).matches()
        || (variable.endsWith("_PORT") && SERVICE_ADDRESS.matcher(text.strip()).matches());
  }

  /** Reports each of them once. */
  static void report(Map<String, String> environment, List<String> known, Findings findings) {
    List<String> others = new ArrayList<>();
    for (String variable : new TreeSet<>(environment.keySet())) {
      if (!variable.startsWith(EnvironmentLayer.PREFIX)) {
        continue;
      }
      if (isServiceLink(variable, environment.getOrDefault(variable, ""))) {
        others.add(variable);
      } else if (PYTHON.containsKey(variable)) {
        findings.note(
            "environment variable "
                + variable
                + " of McCache for Python has no effect on McCache for Java. "
                + PYTHON.get(variable)
                + ".");
      } else if (variable.startsWith("MCCACHE_CACHES_")) {
        findings.warning(
            "environment variable "
                + variable
                + " is ignored: templates of caches cannot be set by a variable, only in a file"
                + " or as a property such as -Dmccache.caches.orders.mode=local.");
      } else if (!known.contains(variable)) {
        String nearest = Nearest.to(variable, known);
        if (isPlausible(variable, nearest)) {
          warnOfMisspelling(variable, nearest, findings);
        } else {
          nearestEnd(variable, known)
              .findFirst()
              .ifPresentOrElse(
                  end -> warnOfMisspelling(variable, end, findings), () -> others.add(variable));
        }
      }
    }
    if (!others.isEmpty()) {
      warnOfOthers(others, findings);
    }
  }

  private static boolean isPlausible(String variable, String nearest) {
    return Nearest.edits(variable, nearest) <= MOST_EDITS;
  }

  /** The settings that are meant where the sections were left out: {@code MCCACHE_MODE}. */
  private static Stream<String> nearestEnd(String variable, List<String> known) {
    String end = variable.substring(EnvironmentLayer.PREFIX.length() - 1);
    return known.stream().filter(name -> end.length() > 1 && name.endsWith(end));
  }

  private static void warnOfMisspelling(String variable, String meant, Findings findings) {
    findings.warning(
        "environment variable "
            + variable
            + " is ignored: McCache for Java has no such setting. The nearest is "
            + meant
            + "; if another tool reads the variable, all is well.");
  }

  private static void warnOfOthers(List<String> others, Findings findings) {
    int more = others.size() - MOST_NAMES;
    findings.warning(
        "these environment variables begin with MCCACHE_ and are ignored, as McCache for Java has"
            + " no such settings: "
            + String.join(", ", others.subList(0, Math.min(MOST_NAMES, others.size())))
            + (more > 0 ? " and " + more + " more" : "")
            + ". Kubernetes sets such variables for a service whose name begins with mccache;"
            + " enableServiceLinks: false in the pod ends that.");
  }
}
