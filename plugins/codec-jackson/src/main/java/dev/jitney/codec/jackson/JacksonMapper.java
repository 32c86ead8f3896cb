// SPDX-License-Identifier: Apache-2.0
package dev.jitney.codec.jackson;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.jitney.codec.jackson.JacksonCodecProvider.Nulls;
import dev.jitney.codec.jackson.JacksonCodecProvider.UnknownKeys;
import dev.jitney.event.JsonPayload;
import java.io.IOException;

/**
 * How JSON is read and written: as the bus does it for records without this plugin, so that adding
 * it changes no record's JSON. Nothing is lost or guessed: times are texts that keep their zone and
 * nanoseconds, a fraction is no whole number and a text no number.
 */
final class JacksonMapper {

    private JacksonMapper() {}

    static ObjectMapper create(UnknownKeys unknownKeys, Nulls nulls, boolean modules) {
        JsonMapper.Builder builder = JsonMapper.builder(factory());
        if (modules) {
            builder.findAndAddModules();
        }
        return builder.addModules(new Jdk8Module(), new JavaTimeModule(), payloads())
                .disable(
                        SerializationFeature.WRITE_DATES_AS_TIMESTAMPS,
                        SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                .enable(SerializationFeature.WRITE_DATES_WITH_ZONE_ID)
                .disable(DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
                // NaN then is written as it is, and refused by the bus, as JSON cannot say it.
                .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .withCoercionConfig(
                        LogicalType.Textual,
                        text -> {
                            text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                            text.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                            text.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
                        })
                .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                .enable(
                        DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                        DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS,
                        DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .configure(
                        DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                        unknownKeys == UnknownKeys.REFUSE)
                .defaultPropertyInclusion(
                        nulls == Nulls.WRITE
                                ? JsonInclude.Value.ALL_ALWAYS
                                : JsonInclude.Value.ALL_NON_ABSENT)
                // A class name in an event must never choose what is made of it.
                .enable(MapperFeature.BLOCK_UNSAFE_POLYMORPHIC_BASE_TYPES)
                .build();
    }

    private static JsonFactory factory() {
        // The wire form has limits of its own; a text may be as long as an event.
        return JsonFactory.builder()
                .streamReadConstraints(
                        StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
                .build();
    }

    /** A field of type JsonPayload holds any JSON as it is. */
    private static SimpleModule payloads() {
        return new SimpleModule("jitney")
                .addSerializer(JsonPayload.class, new RawWriter())
                .addDeserializer(JsonPayload.class, new RawReader());
    }

    private static final class RawWriter extends JsonSerializer<JsonPayload> {
        @Override
        public void serialize(JsonPayload value, JsonGenerator out, SerializerProvider provider)
                throws IOException {
            out.writeRawValue(value.json());
        }
    }

    private static final class RawReader extends JsonDeserializer<JsonPayload> {
        @Override
        public JsonPayload deserialize(JsonParser in, DeserializationContext context)
                throws IOException {
            return JsonPayload.of(context.readTree(in).toString());
        }
    }
}
