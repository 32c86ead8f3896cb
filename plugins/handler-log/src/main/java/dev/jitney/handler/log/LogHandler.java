// SPDX-License-Identifier: Apache-2.0
package dev.jitney.handler.log;

import dev.jitney.event.Event;
import dev.jitney.event.JsonPayload;
import dev.jitney.event.Severity;
import dev.jitney.event.TopicPattern;
import dev.jitney.spi.EventFormatException;
import dev.jitney.spi.EventHandler;
import dev.jitney.spi.PluginContext;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Writes each event to the log: one line, masked, whatever stands in it. */
final class LogHandler implements EventHandler {

    /** At which level events are logged. */
    enum LogLevel {
        /** That of their severity: info, warn or error. */
        SEVERITY,
        TRACE,
        DEBUG,
        INFO,
        WARN,
        ERROR;

        Level of(Severity severity) {
            return switch (this) {
                case SEVERITY ->
                        switch (severity) {
                            case INFO -> Level.INFO;
                            case WARNING -> Level.WARN;
                            case CRITICAL -> Level.ERROR;
                        };
                default -> Level.valueOf(name());
            };
        }
    }

    /** How a line looks. */
    enum Form {
        /** Columns for people. */
        LINE,
        /** The CloudEvent, for machines. */
        JSON,
        /** Columns without the payload. */
        HEAD
    }

    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private final List<TopicPattern> topics;
    private final Logger log;
    private final LogLevel level;
    private final Form form;
    private final int maxLength;
    private final PluginContext context;

    LogHandler(
            List<TopicPattern> topics,
            String logger,
            LogLevel level,
            Form form,
            int maxLength,
            PluginContext context) {
        this.topics = List.copyOf(topics);
        this.log = LoggerFactory.getLogger(logger);
        this.level = level;
        this.form = form;
        this.maxLength = maxLength;
        this.context = context;
    }

    @Override
    public String name() {
        return LogHandlerProvider.NAME;
    }

    @Override
    public List<TopicPattern> patterns() {
        return topics;
    }

    @Override
    public void handle(Event event) {
        Level at = level.of(event.severity());
        if (log.isEnabledForLevel(at)) {
            log.atLevel(at).log(shown(text(event)));
        }
    }

    private String text(Event event) {
        if (form == Form.JSON) {
            try {
                Event masked = context.masker().mask(event, context.eventFormat());
                return new String(context.eventFormat().encode(masked), StandardCharsets.UTF_8);
            } catch (EventFormatException e) {
                return columns(event) + " (not JSON: " + mask(String.valueOf(e.getMessage())) + ")";
            }
        }
        String line = columns(event);
        String payload = form == Form.LINE && event.hasPayload() ? " " + payload(event) : "";
        return line + payload;
    }

    private String columns(Event event) {
        String time = event.hasTime() ? SECONDS.format(event.time()) : "-";
        return "[%s] %-8s %-16s %-24s %s"
                .formatted(time, event.severity(), event.source(), event.topic(), event.id());
    }

    private String payload(Event event) {
        @Nullable Object payload = event.payload();
        if (payload instanceof String text) {
            return mask(text);
        }
        if (payload instanceof byte[] bytes) {
            return bytes.length == 1 ? "1 byte" : bytes.length + " bytes";
        }
        if (payload instanceof JsonPayload json) {
            return context.masker().maskJson(json.json());
        }
        try {
            return context.masker().maskJson(context.eventFormat().payloadJson(event));
        } catch (EventFormatException e) {
            return "(a " + (payload == null ? "null" : payload.getClass().getName()) + ")";
        }
    }

    private String mask(String text) {
        return context.masker().mask(text);
    }

    /**
     * Cuts what is too long, between two characters, and shows what would begin a line or steer a
     * terminal.
     */
    private String shown(String text) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), maxLength) + 16);
        int at = 0;
        while (at < text.length() && out.length() < maxLength) {
            int c = text.codePointAt(at);
            int end = at + Character.charCount(c);
            if (isShown(c)) {
                out.appendCodePoint(c);
            } else {
                text.substring(at, end)
                        .chars()
                        .forEach(half -> out.append("\\u%04x".formatted(half)));
            }
            at = end;
        }
        return at < text.length() ? out.append('…').toString() : out.toString();
    }

    private static boolean isShown(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    // Half of a pair is no character.
                    Character.SURROGATE ->
                    false;
            default -> true;
        };
    }
}
