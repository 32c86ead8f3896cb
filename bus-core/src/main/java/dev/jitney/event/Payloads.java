// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import java.lang.invoke.MethodType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What an event does with its payload beyond keeping it. */
final class Payloads {

    private static final int SHOWN = 200;

    private static final ClassValue<String> TOPICS =
            new ClassValue<>() {
                @Override
                protected String computeValue(Class<?> type) {
                    Topic topic = type.getDeclaredAnnotation(Topic.class);
                    return topic == null ? "" : Topics.check(topic.value());
                }
            };

    private Payloads() {}

    /** The topic of a payload's class. */
    static String topicOf(Object payload) {
        String topic = TOPICS.get(payload.getClass());
        if (topic.isEmpty()) {
            throw new InvalidTopicException(
                    "Class "
                            + payload.getClass().getName()
                            + " has no @Topic. Add one, or give the topic: Event.of(topic,"
                            + " payload).");
        }
        return topic;
    }

    static @Nullable Object read(String topic, @Nullable Object payload, Type type) {
        if (payload == null) {
            return null;
        }
        // JSON asked for as an Object is a tree of the JDK's own types.
        boolean tree = payload instanceof JsonPayload && type == Object.class;
        if (type instanceof Class<?> asked && !tree && boxed(asked).isInstance(payload)) {
            return payload;
        }
        if (payload instanceof JsonPayload json) {
            try {
                return json.asType(type);
            } catch (PayloadException e) {
                throw new PayloadException("Event '" + topic + "': " + e.getMessage(), e);
            }
        }
        if (!(type instanceof Class<?>)) {
            // Type arguments are erased in an object: its class is all that can be compared.
            Class<?> raw = rawClass(type);
            if (raw != null && raw.isInstance(payload)) {
                return payload;
            }
        }
        throw new PayloadException(
                "Event '"
                        + topic
                        + "': the payload is a "
                        + payload.getClass().getTypeName()
                        + ", not a "
                        + type.getTypeName()
                        + ".");
    }

    @SuppressWarnings(
            "unchecked") // boxed(type) is T for every reference type and its box otherwise
    static <T> @Nullable T cast(@Nullable Object value, Class<T> type) {
        return (T) boxed(type).cast(value);
    }

    private static Class<?> boxed(Class<?> type) {
        return type.isPrimitive() ? MethodType.methodType(type).wrap().returnType() : type;
    }

    private static @Nullable Class<?> rawClass(Type type) {
        return type instanceof java.lang.reflect.ParameterizedType parameterized
                        && parameterized.getRawType() instanceof Class<?> raw
                ? raw
                : null;
    }

    static boolean same(@Nullable Object one, @Nullable Object other) {
        return one instanceof byte[] a && other instanceof byte[] b
                ? Arrays.equals(a, b)
                : Objects.equals(one, other);
    }

    static String show(@Nullable Object payload) {
        if (payload instanceof byte[] bytes) {
            return bytes.length + " bytes";
        }
        String text = payload == null ? "null" : textOf(payload);
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }

    // Events are shown in logs and debuggers, which an object without a text must not break.
    private static String textOf(Object payload) {
        try {
            return String.valueOf((Object) payload.toString());
        } catch (Throwable e) {
            return payload.getClass().getTypeName() + " (it cannot be read)";
        }
    }
}
