// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import dev.jitney.event.Event;
import java.util.Map;

/**
 * Takes out of texts what nobody should read: passwords, tokens, addresses (RED-1). The bus hands
 * it to every plugin through {@link PluginContext#masker}. What a plugin shows, logs, exports or
 * audits it masks first; handlers, event stores and dead letters keep the original.
 *
 * <p><b>Threads.</b> Safe for concurrent use.
 *
 * <p><b>Failures.</b> Never throws, whatever the text is, but for {@link #mask(Event,
 * EventFormat)}.
 *
 * <p><b>Limits.</b> Takes time in proportion to the length of the text, whatever stands in it.
 * Masking twice changes no more than masking once.
 */
public interface Masker extends AutoCloseable {

    /** Returns the masker that changes nothing, which is that of a bus without one. */
    static Masker none() {
        return NoMasker.INSTANCE;
    }

    /** Returns the text with secrets that are known by their form replaced. */
    String mask(String text);

    /**
     * Returns the value that stands under a name, such as a header's: replaced as a whole if the
     * name is one of a secret, else as {@link #mask(String)} does it.
     */
    String maskValue(String name, String value);

    /**
     * Returns a JSON text of the same structure: values under names of secrets are replaced, at any
     * depth and whatever their type, and other strings are masked. Names stay as they are.
     *
     * @param json valid JSON
     */
    String maskJson(String json);

    /**
     * Returns the event with payload, subject, and headers masked; the event itself if there is
     * nothing to mask. Id, source, topic, key, correlation and causation stay, and so does a
     * payload of bytes.
     *
     * @throws EventFormatException if the payload cannot be written as JSON
     */
    default Event mask(Event event, EventFormat format) {
        Event masked = event;
        Object payload = event.payload();
        if (payload instanceof String text) {
            String clean = mask(text);
            masked = clean.equals(text) ? masked : masked.withPayload(clean);
        } else if (payload != null && !(payload instanceof byte[])) {
            String json = format.payloadJson(event);
            String clean = maskJson(json);
            masked = clean.equals(json) ? masked : masked.withPayload(format.payload(clean));
        }
        String subject = event.subject();
        if (subject != null && !mask(subject).equals(subject)) {
            masked = masked.withSubject(mask(subject));
        }
        for (Map.Entry<String, String> header : event.headers().entrySet()) {
            String clean = maskValue(header.getKey(), header.getValue());
            if (!clean.equals(header.getValue())) {
                masked = masked.withHeader(header.getKey(), clean);
            }
        }
        return masked;
    }

    /** Releases its resources. Closing again has no effect. */
    @Override
    default void close() {}
}
