package io.github.mccache.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;

/**
 * Loads the store anew so that each of its allocations first asks whether it is to fail: as if the
 * heap had ended there.
 */
public final class AllocationFaults extends ClassLoader {

  private static final String STORE = "io.github.mccache.store.";

  private static int untilFailure; // of the one thread that runs the scenario

  AllocationFaults() {
    super(AllocationFaults.class.getClassLoader());
  }

  /** Lets one allocation fail after so many; 0 for none. */
  static void failAfter(int allocations) {
    untilFailure = allocations;
  }

  /** Returns whether the failure is still to come. */
  static boolean isPending() {
    return untilFailure > 0;
  }

  /** Called by the changed code before each allocation. */
  public static void onAllocation() {
    if (untilFailure > 0 && --untilFailure == 0) {
      throw new OutOfMemoryError("planted");
    }
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(STORE) || name.equals(AllocationFaults.class.getName())) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : define(name);
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] bytes = in.readAllBytes();
      boolean isTest = name.startsWith(LruStoreExhaustionTest.class.getName());
      byte[] changed = isTest || name.endsWith("Fixture") ? bytes : faulty(bytes);
      return defineClass(name, changed, 0, changed.length);
    } catch (IOException e) {
      throw new UncheckedIOException("class " + name + " cannot be read", e);
    }
  }

  private static byte[] faulty(byte[] bytes) {
    ClassReader reader = new ClassReader(bytes);
    ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
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
            return name.equals("<clinit>") ? out : new FaultyMethod(out);
          }
        },
        0);
    return writer.toByteArray();
  }

  private static final class FaultyMethod extends MethodVisitor {

    FaultyMethod(MethodVisitor out) {
      super(Opcodes.ASM9, out);
    }

    private void ask() {
      super.visitMethodInsn(
          Opcodes.INVOKESTATIC,
          AllocationFaults.class.getName().replace('.', '/'),
          "onAllocation",
          "()V",
          false);
    }

    @Override
    public void visitTypeInsn(int opcode, String type) {
      if (opcode == Opcodes.NEW || opcode == Opcodes.ANEWARRAY) {
        ask();
      }
      super.visitTypeInsn(opcode, type);
    }

    @Override
    public void visitIntInsn(int opcode, int operand) {
      if (opcode == Opcodes.NEWARRAY) {
        ask();
      }
      super.visitIntInsn(opcode, operand);
    }

    @Override
    public void visitInvokeDynamicInsn(
        String name,
        String descriptor,
        net.bytebuddy.jar.asm.Handle bootstrapMethodHandle,
        Object... bootstrapMethodArguments) {
      ask();
      super.visitInvokeDynamicInsn(
          name, descriptor, bootstrapMethodHandle, bootstrapMethodArguments);
    }
  }
}
