// SPDX-License-Identifier: Apache-2.0
package dev.jitney.codec.jackson;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.jitney.spi.PayloadCodec;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.util.List;

/**
 * Reads and writes payloads with Jackson. What is JSON's {@code null} never gets here.
 *
 * <p><b>Threads.</b> Safe for concurrent use, as an {@link ObjectMapper} is.
 *
 * <p><b>Failures.</b> {@link IllegalArgumentException} that says where in the payload, what was
 * expected and what is there, but no value; Jackson's own exception is its cause.
 */
public final class JacksonCodec implements PayloadCodec {

    private static final String SERIALIZABLE = "kotlinx.serialization.Serializable";
    private static final String KOTLIN_TREES = "kotlinx.serialization.json.";

    private final ObjectMapper mapper;
    private final List<String> packages;

    JacksonCodec(ObjectMapper mapper, List<String> packages) {
        this.mapper = mapper;
        this.packages = List.copyOf(packages);
    }

    /**
     * Returns a codec that uses an application's own mapper, for {@code
     * EventBusBuilder.payloadCodec}.
     *
     * @param mapper with everything set up; it must not be changed any more
     * @param packages for which classes, those of packages below them included; none means all
     */
    public static JacksonCodec of(ObjectMapper mapper, String... packages) {
        return new JacksonCodec(mapper, List.of(packages));
    }

    @Override
    public boolean supports(Class<?> type) {
        return isChosen(type.getName()) && !isKotlins(type);
    }

    private boolean isChosen(String name) {
        return packages.isEmpty() || packages.stream().anyMatch(one -> name.startsWith(one + "."));
    }

    // By name, since Kotlin's serializers need not be there.
    private static boolean isKotlins(Class<?> type) {
        for (Annotation annotation : type.getDeclaredAnnotations()) {
            if (annotation.annotationType().getName().equals(SERIALIZABLE)) {
                return true;
            }
        }
        return type.getName().startsWith(KOTLIN_TREES);
    }

    @Override
    public byte[] encode(Object value) {
        try {
            return mapper.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(Faults.ofWriting(e), e);
        }
    }

    @Override
    public Object decode(byte[] json, Type type) {
        try {
            return mapper.readValue(json, mapper.constructType(type));
        } catch (IOException e) {
            throw new IllegalArgumentException(Faults.ofReading(e, json, mapper), e);
        }
    }
}
