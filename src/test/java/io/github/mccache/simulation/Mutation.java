package io.github.mccache.simulation;

import java.lang.reflect.Method;
import java.util.function.Consumer;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.Type;
import org.jspecify.annotations.Nullable;

/**
 * A small change of the byte code of one method, named by what its source has: calls, conditions,
 * numbers, fields. Every change leaves the stack as it was at each jump, so that no frame has to be
 * computed anew.
 */
abstract class Mutation {

  private static final String HOOKS = Type.getInternalName(PlantedHooks.class);

  /** Where a mutation counts the places that it has changed. */
  static final class Places {
    private int count;

    int count() {
      return count;
    }
  }

  /** Returns what stands between the reader of a method and its writer. */
  abstract MethodVisitor over(MethodVisitor out, MethodShape shape, Places places);

  /** What is known of a method before its code is read. */
  record MethodShape(String owner, String name, String descriptor, boolean isStatic) {}

  private abstract static class Changing extends MethodVisitor {
    private final Places places;

    Changing(MethodVisitor out, Places places) {
      super(Opcodes.ASM9, out);
      this.places = places;
    }

    final void changed() {
      places.count++;
    }
  }

  /** Adds another change of the same method. */
  Mutation and(Mutation other) {
    Mutation first = this;
    return new Mutation() {
      @Override
      MethodVisitor over(MethodVisitor out, MethodShape shape, Places places) {
        return first.over(other.over(out, shape, places), shape, places);
      }
    };
  }

  // ---- the whole method ----

  /** The method does nothing but to return this: a boolean or a number; null for nothing. */
  static Mutation returns(@Nullable Object value) {
    return new Mutation() {
      @Override
      MethodVisitor over(MethodVisitor out, MethodShape shape, Places places) {
        return new Changing(null, places) {
          @Override
          public void visitCode() {
            Type type = Type.getReturnType(shape.descriptor());
            out.visitCode();
            push(out, type, value);
            out.visitInsn(type.getOpcode(Opcodes.IRETURN));
            out.visitMaxs(0, 0);
            out.visitEnd();
            changed();
          }
        };
      }
    };
  }

  /** The method does nothing. */
  static Mutation doesNothing() {
    return returns(null);
  }

  /** What is returned goes through one of the {@link PlantedHooks}, behind the arguments. */
  static Mutation returnsThrough(String hook) {
    Method method = hook(hook);
    return new Mutation() {
      @Override
      MethodVisitor over(MethodVisitor out, MethodShape shape, Places places) {
        return new Changing(out, places) {
          @Override
          public void visitInsn(int opcode) {
            if (opcode >= Opcodes.IRETURN && opcode <= Opcodes.ARETURN) {
              changed();
              pass();
            }
            super.visitInsn(opcode);
          }

          /** The hook wants the result first, for it is there already. */
          private void pass() {
            Type[] arguments = Type.getArgumentTypes(shape.descriptor());
            int local = shape.isStatic() ? 0 : 1;
            for (int i = 0; i < method.getParameterCount() - 1; i++) {
              super.visitVarInsn(arguments[i].getOpcode(Opcodes.ILOAD), local);
              local += arguments[i].getSize();
            }
            call(mv, method);
            Type result = Type.getReturnType(shape.descriptor());
            if (result.getSort() == Type.OBJECT) {
              super.visitTypeInsn(Opcodes.CHECKCAST, result.getInternalName());
            }
          }
        };
      }
    };
  }

  // ---- calls ----

  /** Calls of this name are left out; what they should return is 0, false or null. */
  static Mutation omits(String call) {
    return gives(call, null);
  }

  /** Calls of this name are not made, and taken to have returned this. */
  static Mutation gives(String call, @Nullable Object value) {
    return calling(call, 0, (out, type) -> push(out, type, value));
  }

  /** As {@link #gives}, for one of the calls of this name; the first is 1. */
  static Mutation gives(String call, int which, @Nullable Object value) {
    return calling(call, which, (out, type) -> push(out, type, value));
  }

  /** Calls of this name are replaced by other code: their arguments are dropped. */
  static Mutation becomes(String call, Consumer<MethodVisitor> code) {
    return calling(call, 0, (out, type) -> code.accept(out));
  }

  /** As {@link #becomes}, for one of the calls of this name; the first is 1. */
  static Mutation becomes(String call, int which, Consumer<MethodVisitor> code) {
    return calling(call, which, (out, type) -> code.accept(out));
  }

  private interface Result {
    void push(MethodVisitor out, Type type);
  }

  private static Mutation calling(String call, int which, Result result) {
    return new Mutation() {
      @Override
      MethodVisitor over(MethodVisitor out, MethodShape shape, Places places) {
        return new Changing(out, places) {
          private int met;

          @Override
          public void visitMethodInsn(
              int opcode, String owner, String name, String descriptor, boolean isInterface) {
            if (!name.equals(call) || (++met != which && which != 0)) {
              super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
              return;
            }
            changed();
            Type[] arguments = Type.getArgumentTypes(descriptor);
            for (int i = arguments.length - 1; i >= 0; i--) {
              pop(mv, arguments[i]);
            }
            if (opcode != Opcodes.INVOKESTATIC) {
              super.visitInsn(Opcodes.POP);
            }
            result.push(mv, Type.getReturnType(descriptor));
          }
        };
      }
    };
  }

  /** Calls of one name become calls of another one of the same class and kind. */
  static Mutation calls(String instead, String call) {
    return new Mutation() {
      @Override
      MethodVisitor over(MethodVisitor out, MethodShape shape, Places places) {
        return new Changing(out, places) {
          @Override
          public void visitMethodInsn(
              int opcode, String owner, String name, String descriptor, boolean isInterface) {
            boolean meant = name.equals(call);
            if (meant) {
              changed();
            }
            super.visitMethodInsn(opcode, owner, meant ? instead : name, descriptor, isInterface);
          }
        };
      }
    };
  }

  /** Calls of one name become calls of a hook, which gets the receiver as its first argument. */
  static Mutation diverts(String call, String hook) {
    Method method = hook(hook);
    return new Mutation() {
      @Override
      MethodVisitor over(MethodVisitor out, MethodShape shape, Places places) {
        return new Changing(out, places) {
          @Override
          public void visitMethodInsn(
              int opcode, String owner, String name, String descriptor, boolean isInterface) {
            if (name.equals(call)) {
              changed();
              call(mv, method);
            } else {
              super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
            }
          }
        };
      }
    };
  }

  // ---- conditions ----

  /** A condition, by its number in the method, the first is 1, never makes the code jump. */
  static Mutation neverJumps(int which) {
    return jumping(which, false);
  }

  /** A condition, by its number in the method, always makes the code jump. */
  static Mutation alwaysJumps(int which) {
    return jumping(which, true);
  }

  private static Mutation jumping(int which, boolean jump) {
    return new Mutation() {
      @Override
      MethodVisitor over(MethodVisitor out, MethodShape shape, Places places) {
        return new Changing(out, places) {
          private int met;

          @Override
          public void visitJumpInsn(int opcode, Label label) {
            if (opcode == Opcodes.GOTO || ++met != which) {
              super.visitJumpInsn(opcode, label);
              return;
            }
            changed();
            boolean two = opcode >= Opcodes.IF_ICMPEQ && opcode <= Opcodes.IF_ACMPNE;
            super.visitInsn(two ? Opcodes.POP2 : Opcodes.POP);
            if (jump) {
              super.visitInsn(Opcodes.ICONST_0);
              super.visitJumpInsn(Opcodes.IFEQ, label);
            }
          }
        };
      }
    };
  }

  // ---- numbers and fields ----

  /** A constant of the method is another one. */
  static Mutation constant(long from, long to) {
    return new Mutation() {
      @Override
      MethodVisitor over(MethodVisitor out, MethodShape shape, Places places) {
        return new Changing(out, places) {
          @Override
          public void visitLdcInsn(Object value) {
            if (value instanceof Long number && number == from) {
              changed();
              super.visitLdcInsn(to);
            } else if (value instanceof Integer number && number == from) {
              changed();
              super.visitLdcInsn((int) to);
            } else {
              super.visitLdcInsn(value);
            }
          }

          @Override
          public void visitIntInsn(int opcode, int operand) {
            if (operand == from && opcode != Opcodes.NEWARRAY) {
              changed();
              super.visitLdcInsn((int) to);
            } else {
              super.visitIntInsn(opcode, operand);
            }
          }

          @Override
          public void visitInsn(int opcode) {
            if (opcode >= Opcodes.ICONST_M1
                && opcode <= Opcodes.ICONST_5
                && opcode - Opcodes.ICONST_0 == from) {
              changed();
              super.visitLdcInsn((int) to);
            } else if ((opcode == Opcodes.LCONST_0 || opcode == Opcodes.LCONST_1)
                && opcode - Opcodes.LCONST_0 == from) {
              changed();
              super.visitLdcInsn(to);
            } else {
              super.visitInsn(opcode);
            }
          }
        };
      }
    };
  }

  /** A field is not written. */
  static Mutation doesNotWrite(String field) {
    return new Mutation() {
      @Override
      MethodVisitor over(MethodVisitor out, MethodShape shape, Places places) {
        return new Changing(out, places) {
          @Override
          public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
            if (opcode == Opcodes.PUTFIELD && name.equals(field)) {
              changed();
              pop(mv, Type.getType(descriptor));
              super.visitInsn(Opcodes.POP);
            } else {
              super.visitFieldInsn(opcode, owner, name, descriptor);
            }
          }
        };
      }
    };
  }

  /** An instruction becomes another one that takes and leaves the same. */
  static Mutation instruction(int from, int to) {
    return new Mutation() {
      @Override
      MethodVisitor over(MethodVisitor out, MethodShape shape, Places places) {
        return new Changing(out, places) {
          @Override
          public void visitInsn(int opcode) {
            if (opcode == from) {
              changed();
            }
            super.visitInsn(opcode == from ? to : opcode);
          }

          @Override
          public void visitJumpInsn(int opcode, Label label) {
            if (opcode == from) {
              changed();
            }
            super.visitJumpInsn(opcode == from ? to : opcode, label);
          }
        };
      }
    };
  }

  // ---- code ----

  private static Method hook(String name) {
    for (Method method : PlantedHooks.class.getDeclaredMethods()) {
      if (method.getName().equals(name)) {
        return method;
      }
    }
    throw new IllegalArgumentException("there is no hook " + name);
  }

  private static void call(MethodVisitor out, Method hook) {
    out.visitMethodInsn(
        Opcodes.INVOKESTATIC, HOOKS, hook.getName(), Type.getMethodDescriptor(hook), false);
  }

  /** Calls a hook with what is on the stack. */
  static void callHook(MethodVisitor out, String name) {
    call(out, hook(name));
  }

  private static void pop(MethodVisitor out, Type type) {
    out.visitInsn(type.getSize() == 2 ? Opcodes.POP2 : Opcodes.POP);
  }

  private static void push(MethodVisitor out, Type type, @Nullable Object value) {
    long number =
        value instanceof Number given ? given.longValue() : Boolean.TRUE.equals(value) ? 1 : 0;
    switch (type.getSort()) {
      case Type.VOID -> {}
      case Type.LONG -> out.visitLdcInsn(number);
      case Type.OBJECT, Type.ARRAY -> out.visitInsn(Opcodes.ACONST_NULL);
      default -> out.visitLdcInsn((int) number);
    }
  }
}
