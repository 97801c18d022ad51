package io.github.mccache.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsLocationTest {

  private static final String HERE = "mccache.cluster.name = here";

  @TempDir Path folder;

  @Test
  void load_fileUri_readsHoconJsonAndProperties() {
    Path hocon = Sources.write(folder.resolve("a b.conf"), "\ufeff\n" + HERE);
    Path json =
        Sources.write(folder.resolve("a.json"), "{\"mccache\":{\n\"cluster\":{\"name\":\"x\"}}}");
    Path properties =
        Sources.write(folder.resolve("a.properties"), "# c\n\nmccache.cluster.name : p\\u0041");
    Path other = Sources.write(folder.resolve("a.cfg"), "mccache { cluster { name = y } }");
    assertName(Sources.none().uri(hocon).load(), "here", hocon + ":2");
    assertName(Sources.none().uri(json).load(), "x", json + ":2");
    assertName(Sources.none().uri(properties).load(), "pA", properties + ":3");
    assertName(Sources.none().uri(other).load(), "y", other + ":1");
  }

  @Test
  void load_fileUriWithFragment_readsTheSameFile() {
    Path file = Sources.write(folder.resolve("a.conf"), HERE);
    assertName(Sources.none().uri(file.toUri() + "#second").load(), "here", file + ":1");
  }

  @Test
  void load_fileUriRelative_isRelativeToTheWorkingDirectory() {
    assertThat(Sources.none().uri("file:no/such.conf").mistakes())
        .singleElement()
        .asString()
        .startsWith("the manager's URI file:no/such.conf does not exist. Accepted: file:, ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"classpath:conf/a.conf", "classpath:/conf/a.conf"})
  void load_classpathUri_readsThroughTheLoader(String uri) {
    Path file = Sources.write(folder.resolve("conf/a.conf"), HERE);
    assertName(Sources.none().classPath(folder).uri(uri).load(), "here", file + ":1");
  }

  @ParameterizedTest
  @CsvSource({"classpath:a.conf, a.conf", "urn:mccache:default, mccache.conf"})
  void load_severalCopies_readsTheFirstAndWarns(String uri, String name) {
    Path first = Sources.write(folder.resolve("1").resolve(name), HERE);
    Path second = Sources.write(folder.resolve("2").resolve(name), "mccache.unread = 1");
    Settings settings =
        Sources.none()
            .uri(uri)
            .classPath(folder.resolve("1"))
            .classPath(folder.resolve("2"))
            .load();
    assertName(settings, "here", first + ":1");
    assertThat(settings.warnings())
        .containsExactly(
            name
                + " is on the class path 2 times; the first is read, "
                + first
                + ", and not "
                + second
                + ".");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"urn:mccache:default", "com.acme.Provider", "hazelcast:a", "ehcache://b", ""})
  void load_uriThatIsAName_readsTheClassPath(String uri) {
    Path file = Sources.write(folder.resolve("mccache.conf"), HERE);
    Settings settings = Sources.none().uri(uri).classPath(folder).load();
    assertName(settings, "here", file + ":1");
    assertThat(settings.warnings()).isEmpty();
  }

  @Test
  void load_nothingOnTheClassPath_isNoMistake() {
    assertName(Sources.none().classPath(folder).load(), "default", "built-in default");
  }

  @Test
  void load_bothNamesOnTheClassPath_hoconWinsWithAWarning() {
    Path hocon = Sources.write(folder.resolve("mccache.conf"), HERE);
    Path properties = Sources.write(folder.resolve("mccache.properties"), "mccache.x = 1");
    Settings settings = Sources.none().classPath(folder).load();
    assertName(settings, "here", hocon + ":1");
    assertThat(settings.warnings())
        .containsExactly(
            properties
                + " is ignored because of "
                + hocon
                + ": of the two names on the class path mccache.conf wins.");
  }

  @Test
  void load_propertiesAloneOnTheClassPath_readsThem() {
    Path file = Sources.write(folder.resolve("mccache.properties"), "mccache.cluster.name=p");
    assertName(Sources.none().classPath(folder).load(), "p", file + ":1");
  }

  @Test
  void load_classPathInAJar_readsIt() {
    Path jar = write("app.jar", jar(Map.of("mccache.conf", bytes(HERE))));
    assertName(
        Sources.none().classPath(jar).load(), "here", "jar:file:" + jar + "!/mccache.conf:1");
  }

  @ParameterizedTest
  @CsvSource({
    "jar:file:$/app.jar!/conf/a.conf, outer",
    "jar:file:$/app.jar!/conf!/a.conf, outer",
    "jar:file:$/app.jar!/BOOT-INF/lib/inner.jar!/a.conf, inner",
    "jar:file:$/app.jar!/BOOT-INF/lib/inner.jar!/deep/c.jar!/a%20b.conf, innermost",
    "jar:nested:$/app.jar/!BOOT-INF/lib/inner.jar!/a.conf, inner",
    "jar:nested:$/app.jar/!conf/!/a.conf, outer",
    "jar:nested:$/app.jar!/conf/a.conf, outer",
  })
  void load_jarUri_readsAlsoNestedOnes(String uri, String expected) {
    byte[] innermost = jar(Map.of("a b.conf", named("innermost")));
    Map<String, byte[]> inner = new LinkedHashMap<>();
    inner.put("x", bytes("x"));
    inner.put("deep/c.jar", innermost);
    inner.put("a.conf", named("inner"));
    write(
        "app.jar",
        jar(Map.of("conf/a.conf", named("outer"), "BOOT-INF/lib/inner.jar", jar(inner))));
    String location = uri.replace("$", folder.toUri().getRawPath().replaceFirst("/$", ""));
    assertName(Sources.none().uri(location).load(), expected, location + ":1");
  }

  @ParameterizedTest
  @CsvSource({
    "jar:file:$/app.jar!/none.conf, 'does not exist: the jar has no such entry'",
    "jar:file:$/app.jar!/inner.jar!/none.conf, 'does not exist: the jar has no such entry'",
    "jar:file:$/none.jar!/a.conf, 'does not exist: there is no jar $/none.jar'",
    "jar:file:$/app.jar!/, names no entry; write !/ and its name after the jar",
    "jar:file:$/app.jar, names no entry; write !/ and its name after the jar",
    "jar:file:$/no.jar!/a.conf, cannot be read: ZipException",
    "jar:http://localhost:1/a.jar!/a.conf, 'would be fetched from another machine, which is refused'",
    "http://localhost:1/a.conf, 'would be fetched from another machine, which is refused'",
    "HTTPS://localhost:1/a.conf, 'would be fetched from another machine, which is refused'",
    "ftp://localhost:1/a.conf, 'would be fetched from another machine, which is refused'",
    "file:$/none.conf, does not exist",
    "file:$, is a directory",
    "file://host/a.conf, names a host; write file:/ with one or three slashes",
    "classpath:none.conf, is not on the class path of the manager's class loader",
    "classpath:/, names no resource",
    "file:$/latin.conf, is not UTF-8",
  })
  void load_locationWithoutText_saysWhyAndWhatIsAccepted(String uri, String reason)
      throws IOException {
    write("app.jar", jar(Map.of("inner.jar", jar(Map.of("a", bytes("a"))))));
    write("no.jar", bytes("no jar"));
    Files.write(folder.resolve("latin.conf"), new byte[] {'#', (byte) 0xe4});
    String root = folder.toString();
    assertThat(Sources.none().uri(uri.replace("$", root)).mistakes())
        .containsExactly(
            "the manager's URI "
                + uri.replace("$", root)
                + " "
                + reason.replace("$", root)
                + ". Accepted: file:, classpath: or jar: with a readable UTF-8 text in HOCON"
                + " (.conf), JSON (.json) or properties (.properties); or a URI that is only a"
                + " name, such as urn:mccache:default, for mccache.conf or mccache.properties on"
                + " the class path.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ehcache.xml | <config xmlns='http://www.ehcache.org/v3'><cache alias='a'/></config>"
            + " | of Ehcache, in XML",
        "cache.xml | <?xml version='1.0'?>  <!-- <x> --> <config"
            + " xmlns='http://www.ehcache.org/v3'/> | of Ehcache, in XML",
        "cache.conf | <hazelcast xmlns='http://www.hazelcast.com/schema/config'/>"
            + " | of Hazelcast, in XML",
        "infinispan.xml | <infinispan/> | of Infinispan, in XML",
        "cache.xml | <beans/> | is XML, as the settings files of other cache providers are",
        "hazelcast.yaml | 'hazelcast:\n  cluster-name: a' | of Hazelcast, in YAML",
        "infinispan.yml | 'infinispan:\n  cacheContainer:\n    name: a' | of Infinispan, in YAML",
        "redisson.yaml | 'singleServerConfig:\n  address: a' | of Redisson, in YAML",
        "cache.yaml | 'a:\n  b: c' | is YAML, as the settings files of other cache providers are",
      })
  void load_fileOfAnotherProvider_saysWhose(String name, String text, String expected) {
    Path file = Sources.write(folder.resolve(name), text.replace("\\n", "\n"));
    assertThat(Sources.none().uri(file).mistakes())
        .singleElement()
        .asString()
        .startsWith(file + " is ")
        .contains(expected, "not", "of McCache. Accepted: file:, classpath: or jar: ");
  }

  @Test
  void load_readableFileWithoutOurSettings_warns() {
    Path file = Sources.write(folder.resolve("application.conf"), "caffeine.jcache.default {}");
    assertThat(Sources.none().uri(file).load().warnings())
        .singleElement()
        .asString()
        .startsWith(file + " holds no settings of McCache");
  }

  @Test
  void load_hugeFile_isRefused() {
    Path file = Sources.write(folder.resolve("a.conf"), "#".repeat(4 * 1024 * 1024 + 1));
    assertThat(Sources.none().uri(file).mistakes())
        .singleElement()
        .asString()
        .contains(" is larger than 4MiB. ");
  }

  @Test
  void load_pathWithoutScheme_warnsThatItIsNotRead() {
    assertThat(Sources.none().uri("conf/prod.conf").load().warnings())
        .containsExactly(
            "the manager's URI conf/prod.conf is taken as a mere name and no such file is read:"
                + " write file:conf/prod.conf or classpath:conf/prod.conf for a location.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "include \"common.conf\"",
        "include \"common\"",
        "include \"../conf/common.conf\"",
        "include file(\"$/conf/common.conf\")",
        "include url(\"file:$/conf/common.conf\")",
        "include \"$/conf/common.conf\"",
        "include classpath(\"conf/common.conf\")",
        "include \"none\"\ninclude required(\"common.conf\")",
      })
  void load_include_isRelativeToItsFile(String include) {
    Path common = Sources.write(folder.resolve("conf/common.conf"), "\n\n" + HERE);
    Path file =
        Sources.write(folder.resolve("conf/a.conf"), include.replace("$", folder.toString()));
    assertName(Sources.none().classPath(folder).uri(file).load(), "here", common + ":3");
  }

  @Test
  void load_includeWithinANestedJar_isRelativeToItsEntry() {
    byte[] inner = jar(Map.of("a/b.conf", bytes("include \"c.conf\""), "a/c.conf", named("inner")));
    Path jar = write("app.jar", jar(Map.of("inner.jar", inner)));
    String base = "jar:" + jar.toUri() + "!/inner.jar!/a/";
    assertName(Sources.none().uri(base + "b.conf").load(), "inner", base + "c.conf:1");
  }

  @ParameterizedTest
  @CsvSource({
    "'include \"a\"', 'includes a, round in a circle or too deep'",
    "'include required(\"b\")', 'requires the include b, which does not exist'",
    "'include \"http://localhost:1/b.conf\"', 'includes http://localhost:1/b.conf, which would be"
        + " fetched from another machine, which is refused'",
  })
  void load_includeThatCannotBe_isAMistake(String include, String reason) {
    Path file = Sources.write(folder.resolve("a.conf"), include);
    assertThat(Sources.none().uri(file).mistakes())
        .singleElement()
        .asString()
        .startsWith(file + " " + reason + ". Accepted: file:, classpath: or jar: ");
  }

  @Test
  void load_substitutions_comeFromFilePropertiesAndEnvironment() {
    Path file =
        Sources.write(
            folder.resolve("a.conf"),
            """
            stage = prod
            mccache {
              node-name = ${?ABSENT}
              node-name = ${user.tag}-${MY_HOST}-${stage}
              cluster.name = ${mccache.node-name}
            }
            """);
    Settings settings =
        Sources.none()
            .uri(file)
            .variable("MY_HOST", "web")
            .variable("user", "no clash")
            .system("user.tag", "x")
            .system("mccache.defaults.mode", "local")
            .load();
    assertThat(settings.nodeName()).isEqualTo("x-web-prod");
    assertThat(settings.cluster().name()).isEqualTo("x-web-prod");
  }

  @Test
  void load_substitutionAlone_tellsTheVariableAsOrigin() {
    Path file = Sources.write(folder.resolve("a.conf"), "mccache.cluster.name = ${STAGE}");
    assertName(
        Sources.none().uri(file).variable("STAGE", "qa").load(),
        "qa",
        "environment variable STAGE");
  }

  private static void assertName(Settings settings, String name, String origin) {
    assertThat(Sources.effective(settings, "mccache.cluster.name"))
        .isEqualTo(new EffectiveSetting("mccache.cluster.name", name, origin));
  }

  private Path write(String name, byte[] bytes) {
    try {
      return Files.write(folder.resolve(name), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] named(String clusterName) {
    return bytes("mccache.cluster.name = " + clusterName);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] jar(Map<String, byte[]> entries) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JarOutputStream jar = new JarOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        jar.putNextEntry(new JarEntry(entry.getKey()));
        jar.write(entry.getValue());
        jar.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
