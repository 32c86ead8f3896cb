// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Generic types taken apart. */
final class Types {

    private Types() {}

    static Class<?> raw(Type type) {
        if (type instanceof Class<?> raw) {
            return raw;
        }
        if (type instanceof ParameterizedType parameterized) {
            return raw(parameterized.getRawType());
        }
        if (type instanceof GenericArrayType array) {
            return Array.newInstance(raw(array.getGenericComponentType()), 0).getClass();
        }
        if (type instanceof WildcardType wildcard) {
            return raw(wildcard.getUpperBounds()[0]);
        }
        if (type instanceof TypeVariable<?> variable) {
            return raw(variable.getBounds()[0]);
        }
        return Object.class;
    }

    /** Returns a type argument, or Object where none is given. */
    static Type argument(Type type, int index) {
        if (type instanceof ParameterizedType parameterized) {
            return parameterized.getActualTypeArguments()[index];
        }
        if (type instanceof WildcardType wildcard) {
            return argument(wildcard.getUpperBounds()[0], index);
        }
        return Object.class;
    }

    /** Returns the type with the variables of {@code owner}'s class replaced by its arguments. */
    static Type resolve(Type type, Type owner) {
        if (type instanceof Class<?> || !(owner instanceof ParameterizedType actual)) {
            return type;
        }
        if (type instanceof TypeVariable<?> variable) {
            TypeVariable<?>[] variables = raw(owner).getTypeParameters();
            for (int i = 0; i < variables.length; i++) {
                if (variables[i].equals(variable)) {
                    return actual.getActualTypeArguments()[i];
                }
            }
            return type;
        }
        if (type instanceof ParameterizedType parameterized) {
            Type[] arguments = parameterized.getActualTypeArguments();
            Type[] resolved = new Type[arguments.length];
            for (int i = 0; i < resolved.length; i++) {
                resolved[i] = resolve(arguments[i], owner);
            }
            return new Resolved(parameterized, resolved);
        }
        if (type instanceof WildcardType wildcard) {
            return resolve(wildcard.getUpperBounds()[0], owner);
        }
        return type instanceof GenericArrayType array
                ? (ResolvedArray) () -> resolve(array.getGenericComponentType(), owner)
                : type;
    }

    private interface ResolvedArray extends GenericArrayType {}

    private record Resolved(ParameterizedType of, Type[] arguments) implements ParameterizedType {

        @Override
        public Type[] getActualTypeArguments() {
            return arguments.clone();
        }

        @Override
        public Type getRawType() {
            return of.getRawType();
        }

        @Override
        public @Nullable Type getOwnerType() {
            return of.getOwnerType();
        }

        @Override
        public String getTypeName() {
            return of.getRawType().getTypeName() + Arrays.toString(arguments);
        }
    }
}
