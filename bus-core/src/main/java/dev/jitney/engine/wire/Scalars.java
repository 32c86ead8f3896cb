// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import java.lang.invoke.MethodType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the JDK's single values from a tree: texts, numbers, truth values, enums, times. */
final class Scalars {

    private static final Map<Class<?>, Function<String, Object>> TEXTS =
            Map.ofEntries(
                    Map.entry(UUID.class, UUID::fromString),
                    Map.entry(URI.class, URI::create),
                    Map.entry(Instant.class, text -> OffsetDateTime.parse(text).toInstant()),
                    Map.entry(Date.class, text -> Date.from(Instant.parse(text))),
                    Map.entry(LocalDate.class, LocalDate::parse),
                    Map.entry(LocalTime.class, LocalTime::parse),
                    Map.entry(LocalDateTime.class, LocalDateTime::parse),
                    Map.entry(OffsetDateTime.class, OffsetDateTime::parse),
                    Map.entry(ZonedDateTime.class, ZonedDateTime::parse),
                    Map.entry(Year.class, Year::parse),
                    Map.entry(YearMonth.class, YearMonth::parse),
                    Map.entry(Duration.class, Duration::parse),
                    Map.entry(Period.class, Period::parse),
                    Map.entry(ZoneId.class, ZoneId::of),
                    Map.entry(byte[].class, text -> Base64.getDecoder().decode(text)));

    private Scalars() {}

    /** Says whether a class is read here or in PayloadReader, and never by a codec. */
    static boolean isJdk(Class<?> type) {
        return type.isPrimitive()
                || type.isArray()
                || type.isEnum()
                || type.getName().startsWith("java.");
    }

    static Object read(Object tree, Class<?> asked) {
        Class<?> type =
                asked.isPrimitive() ? MethodType.methodType(asked).wrap().returnType() : asked;
        if (type == String.class || type == CharSequence.class) {
            return text(tree, "a string");
        }
        if (type == Boolean.class) {
            if (tree instanceof Boolean) {
                return tree;
            }
            throw wrong(tree, "true or false");
        }
        if (Number.class.isAssignableFrom(type)) {
            return number(tree, type);
        }
        if (type == Character.class) {
            String text = text(tree, "a string of one character");
            if (text.length() == 1) {
                return text.charAt(0);
            }
            throw wrong(tree, "a string of one character");
        }
        if (type.isEnum()) {
            return constant(text(tree, "a string"), type);
        }
        Function<String, Object> reader = TEXTS.get(type);
        if (reader == null) {
            throw new PathProblem("cannot be read as a " + type.getTypeName(), null);
        }
        return read(text(tree, "a string"), type, reader);
    }

    /** Reads the name of a member as the key of a map. */
    static Object readKey(String name, Class<?> type) {
        if (Number.class.isAssignableFrom(type)) {
            try {
                return number(JsonTree.read(ByteStrings.utf8(name)), type);
            } catch (dev.jitney.spi.EventFormatException e) {
                throw wrong(name, "a number");
            }
        }
        return type == Boolean.class ? Boolean.valueOf(name) : read(name, type);
    }

    private static Object read(String text, Class<?> type, Function<String, Object> reader) {
        try {
            return reader.apply(text);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new PathProblem(
                    "is '" + JsonReader.shorten(text) + "', expected a " + type.getSimpleName(), e);
        }
    }

    private static Object constant(String text, Class<?> type) {
        Object[] constants = type.getEnumConstants();
        StringBuilder names = new StringBuilder();
        for (Object constant : constants) {
            String name = ((Enum<?>) constant).name();
            if (name.equals(text)) {
                return constant;
            }
            names.append(names.isEmpty() ? "" : ", ").append(name);
        }
        throw new PathProblem(
                "is '" + JsonReader.shorten(text) + "', expected one of " + names, null);
    }

    private static Object number(@Nullable Object tree, Class<?> type) {
        if (!(tree instanceof Number number)) {
            throw wrong(tree, "a number");
        }
        if (type == Number.class) {
            return number;
        }
        if (type == Double.class) {
            return number.doubleValue();
        }
        if (type == Float.class) {
            return number.floatValue();
        }
        BigDecimal exact =
                number instanceof BigDecimal decimal ? decimal : new BigDecimal(number.toString());
        if (type == BigDecimal.class) {
            return exact;
        }
        try {
            if (type == BigInteger.class) {
                return exact.toBigIntegerExact();
            }
            if (type == Long.class) {
                return exact.longValueExact();
            }
            if (type == Integer.class) {
                return exact.intValueExact();
            }
            if (type == Short.class) {
                return exact.shortValueExact();
            }
            if (type == Byte.class) {
                return exact.byteValueExact();
            }
        } catch (ArithmeticException e) {
            throw new PathProblem(
                    "is "
                            + JsonReader.shorten(number.toString())
                            + ", which is no "
                            + type.getSimpleName(),
                    e);
        }
        throw new PathProblem("cannot be read as a " + type.getTypeName(), null);
    }

    private static String text(Object tree, String wanted) {
        if (tree instanceof String text) {
            return text;
        }
        throw wrong(tree, wanted);
    }

    static PathProblem wrong(@Nullable Object tree, String wanted) {
        String there =
                tree instanceof Map
                        ? "an object"
                        : tree instanceof List
                                ? "an array"
                                : tree instanceof String
                                        ? "a string"
                                        : tree instanceof Number
                                                ? "a number"
                                                : String.valueOf(tree);
        return new PathProblem("is " + there + ", expected " + wanted, null);
    }

    static String firstLine(String text) {
        int end = text.indexOf('\n');
        String line = end < 0 ? text : text.substring(0, end);
        return line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
    }
}
