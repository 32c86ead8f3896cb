// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import dev.jitney.spi.LineBuffer;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** How to take a record apart and put it together; made once per class. */
final class RecordShape {

    private final RecordComponent[] components;
    private final byte[][] keys;
    private final MethodHandle[] accessors;
    private final MethodHandle constructor;

    private RecordShape(
            RecordComponent[] components,
            byte[][] keys,
            MethodHandle[] accessors,
            MethodHandle constructor) {
        this.components = components;
        this.keys = keys;
        this.accessors = accessors;
        this.constructor = constructor;
    }

    static RecordShape of(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        byte[][] keys = new byte[components.length][];
        MethodHandle[] accessors = new MethodHandle[components.length];
        Class<?>[] types = new Class<?>[components.length];
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        try {
            for (int i = 0; i < components.length; i++) {
                LineBuffer key = new LineBuffer(32);
                key.write(i == 0 ? '{' : ',');
                JsonWriter.string(key, components[i].getName());
                key.write(':');
                keys[i] = key.toBytes();
                Method accessor = components[i].getAccessor();
                accessor.setAccessible(true);
                accessors[i] = lookup.unreflect(accessor).asType(accessorType(components[i]));
                types[i] = components[i].getType();
            }
            Constructor<?> canonical = type.getDeclaredConstructor(types);
            canonical.setAccessible(true);
            MethodHandle constructor =
                    lookup.unreflectConstructor(canonical)
                            .asSpreader(Object[].class, types.length)
                            .asType(MethodType.methodType(Object.class, Object[].class));
            return new RecordShape(components, keys, accessors, constructor);
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            throw new PathProblem(
                    "is a record of class "
                            + type.getName()
                            + ", which is not open to bus-core. Open its package in the module.",
                    e);
        }
    }

    // The usual primitives are passed unboxed.
    private static MethodType accessorType(RecordComponent component) {
        Class<?> type = component.getType();
        boolean direct =
                type == int.class
                        || type == long.class
                        || type == double.class
                        || type == boolean.class;
        return MethodType.methodType(direct ? type : Object.class, Object.class);
    }

    void write(Object value, PayloadWriter writer, LineBuffer out, int depth) {
        if (keys.length == 0) {
            out.write('{');
        }
        for (int i = 0; i < keys.length; i++) {
            JsonWriter.raw(out, keys[i]);
            try {
                component(i, value, writer, out, depth);
            } catch (PathProblem e) {
                throw e.in(components[i].getName());
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new PathProblem("cannot be read: " + e, e).in(components[i].getName());
            }
        }
        out.write('}');
    }

    private void component(int i, Object value, PayloadWriter writer, LineBuffer out, int depth)
            throws Throwable {
        MethodHandle accessor = accessors[i];
        Class<?> type = accessor.type().returnType();
        if (type == int.class) {
            NumberWriter.write(out, (int) accessor.invokeExact(value));
        } else if (type == long.class) {
            NumberWriter.write(out, (long) accessor.invokeExact(value));
        } else if (type == double.class) {
            PayloadWriter.number((double) accessor.invokeExact(value), out);
        } else if (type == boolean.class) {
            JsonWriter.plain(out, (boolean) accessor.invokeExact(value) ? "true" : "false");
        } else {
            writer.value((Object) accessor.invokeExact(value), out, depth);
        }
    }

    int size() {
        return components.length;
    }

    String name(int i) {
        return components[i].getName();
    }

    Type type(int i) {
        return components[i].getGenericType();
    }

    Object make(@Nullable Object[] values) {
        try {
            return (Object) constructor.invokeExact(values);
        } catch (Throwable e) {
            if (e instanceof Error error) {
                throw error;
            }
            throw new PathProblem("is refused by its constructor: " + e.getMessage(), e);
        }
    }
}
