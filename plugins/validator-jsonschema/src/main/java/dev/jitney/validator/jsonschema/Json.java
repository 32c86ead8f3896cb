// SPDX-License-Identifier: Apache-2.0
package dev.jitney.validator.jsonschema;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.Error;

/** How JSON is read: each number with its value, and no key twice. */
final class Json {

    static final ObjectMapper MAPPER = newMapper();

    private static final int SHOWN = 300;

    private Json() {}

    private static ObjectMapper newMapper() {
        // The wire form has limits of its own; a text may be as long as an event.
        StreamReadConstraints limits =
                StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build();
        JsonFactory factory = JsonFactory.builder().streamReadConstraints(limits).build();
        return JsonMapper.builder(factory)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .build();
    }

    /** Returns what the error says, without its place. */
    static String clause(Error error) {
        // The library's own words are no sentence.
        return error.getKeyword().equals("format")
                ? "is not of the format '" + error.getSchemaNode().asText() + "'"
                : clause(error.getMessage());
    }

    /** Returns what the exception says, on one line and without a full stop at its end. */
    static String clause(Exception e) {
        if (e instanceof MismatchedInputException) {
            return "there is something after its end";
        }
        if (e instanceof JsonProcessingException json) {
            JsonLocation at = json.getLocation();
            String place =
                    at == null
                            ? ""
                            : " at line %s, column %s".formatted(at.getLineNr(), at.getColumnNr());
            return clause(json.getOriginalMessage()) + place;
        }
        return clause(String.valueOf(e.getMessage()));
    }

    /** Returns the text on one line, cut where it is long, without a full stop at its end. */
    static String clause(String text) {
        String line = text.replaceAll("\\s+", " ").strip();
        String cut = line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "…";
        return cut.endsWith(".") ? cut.substring(0, cut.length() - 1) : cut;
    }
}
