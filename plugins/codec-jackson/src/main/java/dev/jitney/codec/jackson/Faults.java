// SPDX-License-Identifier: Apache-2.0
package dev.jitney.codec.jackson;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonMappingException.Reference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import java.io.IOException;
import java.util.List;

/**
 * Says Jackson's exceptions in the bus's words: place, what is there, what was expected. Jackson's
 * own show values, which may be secret.
 */
final class Faults {

    private static final int STEPS = 10;
    private static final int SHOWN = 300;
    private static final String NO_CONSTRUCTOR =
            " has no constructor that Jackson may call. Use a record, a constructor without"
                    + " parameters or @JsonCreator";

    private Faults() {}

    static String ofWriting(IOException e) {
        if (e instanceof InvalidDefinitionException undefined
                && original(e).startsWith("No serializer found")) {
            return place(e)
                    + "is a "
                    + undefined.getType().getRawClass().getTypeName()
                    + ", of which Jackson sees nothing to write. Add a getter or @JsonProperty";
        }
        return place(e) + shorten(original(e));
    }

    static String ofReading(IOException e, byte[] json, ObjectMapper mapper) {
        if (e instanceof UnrecognizedPropertyException unknown) {
            return place(e)
                    + "is not a known key of "
                    + unknown.getReferringClass().getSimpleName();
        }
        if (e.getCause() instanceof InputCoercionException large) {
            return place(e) + "is a number too large for " + large.getTargetType().getSimpleName();
        }
        if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
            String there = "is " + there(path(e), json, mapper);
            String name = mismatch.getTargetType().getSimpleName();
            return place(e)
                    + there
                    + (original(e).contains("no delegate- or property-based Creator")
                            ? ", but " + name + NO_CONSTRUCTOR
                            : ", expected " + name);
        }
        return place(e) + shorten(original(e));
    }

    /** What is in the JSON at a place, without its value. */
    private static String there(List<Reference> path, byte[] json, ObjectMapper mapper) {
        JsonNode node;
        try {
            node = mapper.readTree(json);
        } catch (IOException e) {
            return "something else";
        }
        for (Reference step : path) {
            String name = step.getFieldName();
            node = name == null ? node.path(step.getIndex()) : node.path(name);
        }
        return switch (node.getNodeType()) {
            case OBJECT -> "an object";
            case ARRAY -> "an array";
            case STRING -> "a string";
            case NUMBER -> "a number";
            case BOOLEAN, NULL -> node.asText();
            case MISSING -> "missing";
            default -> "something else";
        };
    }

    private static List<Reference> path(IOException e) {
        return e instanceof JsonMappingException mapping ? mapping.getPath() : List.of();
    }

    /** Returns {@code 'lines[0].count' }, as the bus writes places; empty for the whole. */
    private static String place(IOException e) {
        List<Reference> path = path(e);
        if (path.isEmpty()) {
            return "";
        }
        StringBuilder place = new StringBuilder("'");
        for (Reference step : path.subList(0, Math.min(STEPS, path.size()))) {
            if (step.getFieldName() == null) {
                place.append('[').append(step.getIndex()).append(']');
            } else {
                place.append(place.length() == 1 ? "" : ".").append(step.getFieldName());
            }
        }
        return place.append(path.size() > STEPS ? "…' " : "' ").toString();
    }

    private static String original(IOException e) {
        return e instanceof JsonProcessingException json
                ? json.getOriginalMessage()
                : String.valueOf(e.getMessage());
    }

    private static String shorten(String text) {
        int end = text.indexOf('\n');
        String line = end < 0 ? text : text.substring(0, end);
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "…";
    }
}
