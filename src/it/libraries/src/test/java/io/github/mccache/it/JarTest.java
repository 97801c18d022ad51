package io.github.mccache.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** The jar and its POM burden an application with nothing that it may have itself. */
class JarTest {

  @Test
  void entries_areOursAlone() throws IOException {
    try (JarFile jar = new JarFile(Libraries.providerJar().toFile())) {
      assertThat(jar.stream().map(JarEntry::getName).filter(name -> !name.endsWith("/")))
          .contains("module-info.class", "META-INF/LICENSE")
          .contains("META-INF/licenses/com.google.protobuf.txt")
          .contains("META-INF/licenses/com.typesafe-config.txt")
          .contains("io/github/mccache/shaded/protobuf/CodedInputStream.class")
          .contains("io/github/mccache/shaded/config/ConfigFactory.class")
          .allMatch(
              name ->
                  name.startsWith("io/github/mccache/")
                      || name.startsWith("META-INF/maven/io.github.mccache/")
                      || name.startsWith("META-INF/licenses/")
                      || List.of(
                              "module-info.class",
                              "META-INF/LICENSE",
                              "META-INF/MANIFEST.MF",
                              "META-INF/services/javax.cache.spi.CachingProvider")
                          .contains(name));
    }
  }

  @Test
  void pom_dependencies_areTheApisAlone() throws Exception {
    List<String> dependencies = new ArrayList<>();
    Node project =
        DocumentBuilderFactory.newDefaultInstance()
            .newDocumentBuilder()
            .parse(Libraries.providerPom().toFile())
            .getDocumentElement();
    for (Element list : children(project, "dependencies")) {
      for (Element dependency : children(list, "dependency")) {
        String scope = text(dependency, "scope");
        if (!scope.equals("test") && !scope.equals("provided")) {
          dependencies.add(text(dependency, "artifactId"));
        }
      }
    }

    assertThat(dependencies).containsExactlyInAnyOrder("cache-api", "slf4j-api");
  }

  private static String text(Element parent, String name) {
    List<Element> found = children(parent, name);
    return found.isEmpty() ? "" : found.get(0).getTextContent();
  }

  private static List<Element> children(Node parent, String name) {
    List<Element> found = new ArrayList<>();
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element && element.getTagName().equals(name)) {
        found.add(element);
      }
    }
    return found;
  }
}
