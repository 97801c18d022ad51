package io.github.mccache.simulation;

import io.github.mccache.simulation.Mutation.MethodShape;
import io.github.mccache.simulation.Mutation.Places;
import io.github.mccache.simulation.PlantedBug.Edit;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.Type;
import org.jspecify.annotations.Nullable;

/**
 * Loads the classes of this project anew, some methods of them changed: those that may be changed
 * and those above them, so that what the others have been compiled to is of use here as well.
 */
final class BuggyClassLoader extends ClassLoader {

  static final String ROOT = "io.github.mccache.";

  private static final Set<String> ALWAYS_ANEW = Set.of("simulation", "node", "replication");

  static {
    registerAsParallelCapable();
  }

  private final List<Edit> edits;
  private final boolean everythingAnew;

  /** Makes a loader with these changes. */
  BuggyClassLoader(List<Edit> edits) {
    super(BuggyClassLoader.class.getClassLoader());
    this.edits = edits;
    this.everythingAnew =
        edits.stream().anyMatch(edit -> !ALWAYS_ANEW.contains(room(edit.className())));
  }

  /**
   * Looks whether there is something to change.
   *
   * @throws IllegalStateException if there is not, because the code has become another
   */
  void check() {
    try {
      for (Edit edit : edits) {
        loadClass(edit.className());
      }
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("a planted bug is in a class that is gone", e);
    }
  }

  /** See {@link PlantedRun#run}. */
  String run(long seed, int cycles) {
    try {
      Object invariant =
          loadClass(PlantedRun.class.getName())
              .getMethod("run", long.class, int.class)
              .invoke(null, seed, cycles);
      return (String) Objects.requireNonNull(invariant);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(edits + " cannot run", e);
    }
  }

  private static String room(String className) {
    String rest = className.substring(ROOT.length());
    int dot = rest.indexOf('.');
    return dot < 0 ? "" : rest.substring(0, dot);
  }

  private boolean isAnew(String name) {
    return name.startsWith(ROOT) && (everythingAnew || ALWAYS_ANEW.contains(room(name)));
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!isAnew(name)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : define(name);
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    byte[] bytes = read(name);
    if (bytes == null) {
      throw new ClassNotFoundException(name);
    }
    for (Edit edit : edits) {
      if (edit.className().equals(name)) {
        bytes = edited(bytes, edit);
      }
    }
    return defineClass(name, bytes, 0, bytes.length);
  }

  private byte @Nullable [] read(String name) {
    try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
      return in == null ? null : in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("class " + name + " cannot be read", e);
    }
  }

  private static byte[] edited(byte[] bytes, Edit edit) {
    byte[] edited = rewritten(bytes, edit, true);
    if (Arrays.equals(edited, rewritten(bytes, edit, false))) {
      throw new IllegalStateException(
          edit.type() + "." + edit.method() + " is after the change what it was before");
    }
    return edited;
  }

  private static byte[] rewritten(byte[] bytes, Edit edit, boolean mutate) {
    ClassReader reader = new ClassReader(bytes);
    ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
    Places places = new Places();
    Set<String> methods = new TreeSet<>();
    reader.accept(
        new ClassVisitor(Opcodes.ASM9, writer) {
          @Override
          public MethodVisitor visitMethod(
              int access,
              String name,
              String descriptor,
              @Nullable String signature,
              String @Nullable [] exceptions) {
            MethodVisitor out = super.visitMethod(access, name, descriptor, signature, exceptions);
            int arguments = Type.getArgumentTypes(descriptor).length;
            methods.add(name + "/" + arguments);
            MethodShape shape =
                new MethodShape(
                    edit.className(), name, descriptor, (access & Opcodes.ACC_STATIC) != 0);
            return mutate && edit.isOf(name, arguments)
                ? edit.mutation().over(out, shape, places)
                : out;
          }
        },
        0);
    if (mutate && places.count() == 0) {
      throw new IllegalStateException(
          "nothing to change in "
              + edit.type()
              + "."
              + edit.method()
              + ", whose methods are "
              + methods
              + ": let the planted bug follow what became of the code");
    }
    return writer.toByteArray();
  }
}
