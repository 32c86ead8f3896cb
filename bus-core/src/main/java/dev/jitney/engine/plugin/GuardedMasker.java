// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.event.Event;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.EventFormatException;
import dev.jitney.spi.Masker;
import java.util.function.Supplier;

/**
 * A masker that never throws (RED-1). Where the one behind it does, nothing of the text is shown,
 * and that is logged: a secret that is hidden too well does no harm.
 */
final class GuardedMasker implements Masker {

    /** What stands for a text that could not be masked. */
    static final String HIDDEN = "[REDACTED]";

    private final Masker masker;
    private final PluginLog log;

    GuardedMasker(Masker masker, PluginLog log) {
        this.masker = masker;
        this.log = log;
    }

    @Override
    public String mask(String text) {
        return guarded("mask", HIDDEN, () -> masker.mask(text));
    }

    @Override
    public String maskValue(String name, String value) {
        return guarded("maskValue", HIDDEN, () -> masker.maskValue(name, value));
    }

    @Override
    public String maskJson(String json) {
        return guarded("maskJson", '"' + HIDDEN + '"', () -> masker.maskJson(json));
    }

    @Override
    public Event mask(Event event, EventFormat format) {
        Supplier<Event> mask = () -> masker.mask(event, format);
        try {
            return mask.get();
        } catch (EventFormatException e) {
            throw e;
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            failed("mask", e);
            Event.Builder hidden = event.toBuilder().subject(null);
            event.headers().keySet().forEach(name -> hidden.header(name, HIDDEN));
            return hidden.payload(HIDDEN).build();
        }
    }

    private String guarded(String method, String otherwise, Supplier<String> mask) {
        try {
            return mask.get();
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            failed(method, e);
            return otherwise;
        }
    }

    // Without its message, which may well have the text in it that could not be masked.
    private void failed(String method, Throwable failure) {
        log.failed("masker", method, new IllegalStateException(failure.getClass().getName()));
    }

    /** Does nothing: whoever has opened the masker closes it. */
    @Override
    public void close() {}
}
