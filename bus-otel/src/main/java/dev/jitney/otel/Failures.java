// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import dev.jitney.spi.Masker;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;

/** Writes failures on spans, masked: an exception's message may hold what must not be shown. */
final class Failures {

    private Failures() {}

    /**
     * Marks the span as failed, with the failure as an event of it if there is one. May throw what
     * the failure's own methods or the masker do: the span is marked all the same.
     */
    static void fail(Span span, @Nullable Throwable failure, String reason, Masker masker) {
        if (!span.isRecording()) {
            return;
        }
        span.setAttribute(Names.ERROR_TYPE, type(failure));
        // At once: asking a failure for its words may fail as well.
        span.setStatus(StatusCode.ERROR);
        String shown = failure == null ? reason : message(failure);
        span.setStatus(StatusCode.ERROR, masker.mask(shown));
        if (failure != null) {
            span.addEvent(Names.EXCEPTION, attributes(failure, masker));
        }
    }

    /** Returns the value of {@code error.type}: few, and the same on spans and metrics. */
    static String type(@Nullable Throwable failure) {
        if (failure == null) {
            return Names.OTHER_ERROR;
        }
        String canonical = failure.getClass().getCanonicalName();
        return canonical == null ? failure.getClass().getName() : canonical;
    }

    private static String message(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? "" : message;
    }

    private static Attributes attributes(Throwable failure, Masker masker) {
        StringWriter stack = new StringWriter();
        failure.printStackTrace(new PrintWriter(stack));
        AttributesBuilder attributes = Attributes.builder();
        attributes.put(Names.EXCEPTION_TYPE, type(failure));
        if (failure.getMessage() != null) {
            attributes.put(Names.EXCEPTION_MESSAGE, masker.mask(failure.getMessage()));
        }
        attributes.put(Names.EXCEPTION_STACK, masker.mask(stack.toString()));
        return attributes.build();
    }
}
