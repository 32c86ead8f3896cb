// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import dev.jitney.spi.PayloadCodec;
import java.lang.annotation.Annotation;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds who is in charge of a class: the given codecs in their order, then Java records, then
 * Kotlin's serializers, which are loaded only when it comes to them.
 */
final class Codecs {

    private static final String SERIALIZABLE = "kotlinx.serialization.Serializable";
    private static final String KOTLIN_TREES = "kotlinx.serialization.json.";

    private final List<PayloadCodec> given;
    private final Supplier<PayloadCodec> kotlin;
    private @Nullable PayloadCodec kotlinCodec;

    private final ClassValue<Owner> owners =
            new ClassValue<>() {
                @Override
                protected Owner computeValue(Class<?> type) {
                    return find(type);
                }
            };

    Codecs(List<PayloadCodec> given, Supplier<PayloadCodec> kotlin) {
        this.given = List.copyOf(given);
        this.kotlin = kotlin;
    }

    /** Who reads and writes a class: a codec, a record's shape, or nobody. */
    record Owner(@Nullable PayloadCodec codec, @Nullable RecordShape shape) {}

    Owner of(Class<?> type) {
        return owners.get(type);
    }

    private Owner find(Class<?> type) {
        for (PayloadCodec codec : given) {
            if (codec.supports(type)) {
                return new Owner(codec, null);
            }
        }
        if (isPrepared(type) && kotlin().supports(type)) {
            return new Owner(kotlin(), null);
        }
        return new Owner(null, type.isRecord() ? RecordShape.of(type) : null);
    }

    // By name, so that a class that has nothing to do with Kotlin's serializers does not load them.
    private static boolean isPrepared(Class<?> type) {
        for (Annotation annotation : type.getDeclaredAnnotations()) {
            if (annotation.annotationType().getName().equals(SERIALIZABLE)) {
                return true;
            }
        }
        return type.getName().startsWith(KOTLIN_TREES);
    }

    private synchronized PayloadCodec kotlin() {
        if (kotlinCodec == null) {
            kotlinCodec = kotlin.get();
        }
        return kotlinCodec;
    }
}
