package io.github.mccache.codec;

import static io.github.mccache.codec.CodecsFixture.plain;
import static io.github.mccache.codec.CodecsFixture.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.codec.DecodingException.Reason;
import java.io.File;
import java.io.IOException;
import java.io.Serializable;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Applications that come with loaders of their own, and go again. */
class ClassLoaderTest {

  /** What the foreign loader makes. */
  public record Text(String text) implements Serializable {}

  /** Likewise. */
  public record Mixed(String text, List<Text> list) implements Serializable {}

  /** Likewise. */
  public enum Kind {
    /** A constant. */
    ONE
  }

  /** Likewise. */
  public interface Greeter {
    /** Says hello. */
    String greet();
  }

  /** Likewise. */
  public record Handler(String text) implements InvocationHandler, Serializable {
    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) {
      return text;
    }
  }

  /** Defines the classes of this test once more instead of asking its parent. */
  private static URLClassLoader foreignLoader() {
    return new URLClassLoader(classPath(), ClassLoaderTest.class.getClassLoader()) {
      @Override
      protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(ClassLoaderTest.class.getName() + "$")) {
          return super.loadClass(name, resolve);
        }
        Class<?> known = findLoadedClass(name);
        return known == null ? findClass(name) : known;
      }
    };
  }

  private static URL[] classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .map(
            path -> {
              try {
                return new File(path).toURI().toURL();
              } catch (MalformedURLException e) {
                throw new IllegalStateException(path, e);
              }
            })
        .toArray(URL[]::new);
  }

  private static Object make(ClassLoader loader, Class<?> type, Object... arguments)
      throws ReflectiveOperationException {
    Class<?> foreign = Class.forName(type.getName(), true, loader);
    assertThat(foreign).isNotSameAs(type);
    return foreign.getConstructors()[0].newInstance(arguments);
  }

  private static Codecs managedBy(ClassLoader loader) {
    return new Codecs(
        loader, List.of(), List.of(ClassLoaderTest.class.getPackageName() + ".*"), List.of());
  }

  private static final ClassLoader JDK_ONLY = ClassLoader.getPlatformClassLoader();

  @Test
  void decode_classThatTwoLoadersHave_comesFromTheManagers() throws Exception {
    try (URLClassLoader loader = foreignLoader()) {
      Encoded encoded = plain().encode(new Text("a"));
      Object decoded = managedBy(loader).decode(encoded);
      assertThat(decoded.getClass().getClassLoader()).isSameAs(loader);
      assertThat(decoded).isEqualTo(make(loader, Text.class, "a"));
    }
  }

  @Test
  void decode_valueOfAnotherLoader_isOfItsOwnClass() throws Exception {
    Codecs codecs = managedBy(ClassLoaderTest.class.getClassLoader());
    try (URLClassLoader one = foreignLoader();
        URLClassLoader other = foreignLoader()) {
      Object first = make(one, Text.class, "a");
      Object second = make(other, Text.class, "a");
      Encoded encoded = codecs.encode(new ArrayList<>(List.of(first)));
      assertThat(codecs.copy(second)).isEqualTo(second);
      assertThat(codecs.copy(new Text("a"))).isEqualTo(new Text("a"));
      assertThat(codecs.decode(encoded)).as("though others came later").isEqualTo(List.of(first));
      Object kind = Class.forName(Kind.class.getName(), true, one).getEnumConstants()[0];
      assertThat(codecs.decode(codecs.encode(kind))).isSameAs(kind);
    }
  }

  @Test
  void decode_valueOfAnotherMember_isOfTheClassThatIsDeclaredOrPutHere() throws Exception {
    ClassLoader manager = ClassLoaderTest.class.getClassLoader();
    Encoded elsewhere = plain().encode(new Text("a"));
    try (URLClassLoader loader = foreignLoader()) {
      Object text = make(loader, Text.class, "a");
      Codecs declaring = new Codecs(manager, List.of(), List.of(), List.of(text.getClass()));
      assertThat(declaring.decode(elsewhere)).isEqualTo(text);
      Codecs untyped = managedBy(manager);
      assertThat(untyped.decode(elsewhere)).isEqualTo(new Text("a"));
      untyped.learn(text);
      assertThat(untyped.decode(elsewhere)).isEqualTo(text);
    }
  }

  @Test
  void decode_classThatOnlyItsOwnLoaderHas_comesFromThere() throws Exception {
    Codecs codecs = new Codecs(JDK_ONLY, List.of(), List.of(), List.of());
    try (URLClassLoader loader = foreignLoader()) {
      Object text = make(loader, Text.class, "a");
      Object mixed = make(loader, Mixed.class, "b", new ArrayList<>(List.of(text)));
      assertThat(codecs.copy(mixed)).isEqualTo(mixed).isNotSameAs(mixed);
      Object kind = Class.forName(Kind.class.getName(), true, loader).getEnumConstants()[0];
      assertThat(codecs.decode(codecs.encode(kind))).isSameAs(kind);
      Object[][] arrays = {{text}, {"x"}};
      assertThat((Object[][]) codecs.copy(arrays)).isDeepEqualTo(arrays);
    }
  }

  @Test
  void decode_proxyThatOnlyItsOwnLoaderHas_comesFromThere() throws Exception {
    Codecs codecs = new Codecs(JDK_ONLY, List.of(), List.of(), List.of());
    try (URLClassLoader loader = foreignLoader()) {
      Class<?> greeter = Class.forName(Greeter.class.getName(), true, loader);
      Object handler = make(loader, Handler.class, "hello");
      Object proxy =
          Proxy.newProxyInstance(loader, new Class<?>[] {greeter}, (InvocationHandler) handler);
      Object copy = codecs.copy(proxy);
      assertThat(greeter.getMethod("greet").invoke(copy)).isEqualTo("hello");
    }
  }

  @Test
  void decode_lambdaOfThisTestWithAnotherManager_works() {
    Codecs codecs = new Codecs(JDK_ONLY, List.of(), List.of(), List.of());
    Object lambda = (Runnable & Serializable) () -> {};
    assertThat(codecs.decode(codecs.encode(lambda))).isInstanceOf(Runnable.class);
  }

  @Test
  void decode_classThatNobodyHas_isNotFound() {
    Codecs codecs = managedBy(JDK_ONLY);
    DecodingException thrown = refused(codecs, plain().encode(new Text("a")));
    assertThat(thrown.reason()).isEqualTo(Reason.CLASS_NOT_FOUND);
    assertThat(thrown.className()).isEqualTo(Text.class.getName());
  }

  @Test
  void learnedClasses_loaderDropped_isCollectedWhileTheCacheLives() throws Exception {
    Codecs codecs = new Codecs(JDK_ONLY, List.of(), List.of(), List.of());
    ReferenceQueue<Object> gone = new ReferenceQueue<>();
    WeakReference<Object> loader = useForeignClasses(codecs, gone);
    assertCollected(loader, gone);
    assertThat(codecs.decode(codecs.encode("still alive"))).isEqualTo("still alive");
  }

  @Test
  void codecs_dropped_letsTheManagersLoaderGo() throws Exception {
    ReferenceQueue<Object> gone = new ReferenceQueue<>();
    WeakReference<Object> loader = useForeignManager(gone);
    assertCollected(loader, gone);
  }

  private static WeakReference<Object> useForeignClasses(Codecs codecs, ReferenceQueue<Object> gone)
      throws ReflectiveOperationException, IOException {
    try (URLClassLoader loader = foreignLoader()) {
      use(codecs, loader);
      return new WeakReference<>(loader, gone);
    }
  }

  private static WeakReference<Object> useForeignManager(ReferenceQueue<Object> gone)
      throws ReflectiveOperationException, IOException {
    try (URLClassLoader loader = foreignLoader()) {
      Class<?> declared = Class.forName(Mixed.class.getName(), true, loader);
      use(new Codecs(loader, List.of(), List.of(), List.of(declared)), loader);
      return new WeakReference<>(loader, gone);
    }
  }

  private static void use(Codecs codecs, ClassLoader loader) throws ReflectiveOperationException {
    Object text = make(loader, Text.class, "a");
    Object mixed = make(loader, Mixed.class, "b", new ArrayList<>(List.of(text)));
    Object kind = Class.forName(Kind.class.getName(), true, loader).getEnumConstants()[0];
    for (Object object : List.of(text, mixed, kind)) {
      // Never compared: in JDK 17 the equals of a record keeps the record's loader for good.
      assertThat(codecs.decode(codecs.encode(object)).getClass()).isSameAs(object.getClass());
      codecs.copy(object);
      codecs.isImmutable(object);
    }
  }

  /** Waits for the collector, not for the clock. */
  private static void assertCollected(WeakReference<Object> loader, ReferenceQueue<Object> gone)
      throws InterruptedException {
    Reference<?> collected = null;
    for (int i = 0; i < 100 && collected == null; i++) {
      System.gc();
      collected = gone.remove(50);
    }
    assertThat(collected).isSameAs(loader);
  }
}
