// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import dev.jitney.EventBusBuilder;
import dev.jitney.spi.ContextCarrier;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.Masker;
import dev.jitney.spi.MetricsBackend;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What makes a bus tell OpenTelemetry of its events: an interceptor that makes spans, a carrier of
 * contexts and a metrics backend. A bus finds the same three by the name {@code otel}.
 *
 * <pre>{@code
 * EventBus bus = BusTelemetry.of(openTelemetry).install(EventBus.builder("orders")).build();
 * }</pre>
 *
 * <p><b>Without an SDK</b> nothing is made, carried or measured, and nothing is allocated for an
 * event. Nothing is started or exported here.
 *
 * <p><b>Threads.</b> Safe for concurrent use, and for several buses.
 */
public final class BusTelemetry {

    /** Which spans there are. */
    public enum Mode {
        /** Spans by the conventions for messaging: for stores, bridges and several processes. */
        MESSAGING,
        /** Spans of kind INTERNAL with few attributes: for a bus that never leaves the process. */
        INTERNAL,
        /**
         * None. Correlation ids, contexts and the extension attributes of events stay, so that the
         * spans of others keep together.
         */
        OFF
    }

    /** How the span of a handler is tied to the context in which its event was created. */
    public enum Linking {
        /**
         * It begins a trace of its own with a link to it, as the conventions have it: one event has
         * many handlers, some of them days later.
         */
        LINK,
        /** It is its child, in the same trace. */
        PARENT
    }

    private final Interceptor interceptor;
    private final ContextCarrier carrier;
    private final MetricsBackend metrics;

    private BusTelemetry(Builder settings) {
        interceptor = new TracingInterceptor(new Spans(settings));
        carrier = new OtelContextCarrier(settings.openTelemetry);
        metrics = new OtelMetrics(settings.openTelemetry);
    }

    /** Returns the telemetry of mode {@link Mode#MESSAGING} and {@link Linking#LINK}. */
    public static BusTelemetry of(OpenTelemetry openTelemetry) {
        return builder(openTelemetry).build();
    }

    /**
     * Returns a builder of telemetry that goes where the given one does. {@link
     * GlobalOpenTelemetry#getOrNoop()} is the global one as it is now: set it up first.
     */
    public static Builder builder(OpenTelemetry openTelemetry) {
        return new Builder(openTelemetry);
    }

    /** Returns what makes the spans; its name is {@code otel}. */
    public Interceptor interceptor() {
        return interceptor;
    }

    /** Returns what takes contexts along, and trace ids for correlation ids. */
    public ContextCarrier contextCarrier() {
        return carrier;
    }

    /** Returns what measures. It has nothing to close. */
    public MetricsBackend metrics() {
        return metrics;
    }

    /**
     * Adds all three to a bus, and returns its builder. Of metrics backends a bus has one: the last
     * that was set.
     */
    public EventBusBuilder install(EventBusBuilder bus) {
        return bus.interceptor(interceptor).contextCarrier(carrier).metrics(metrics);
    }

    /** Gathers the settings. Not thread-safe. */
    public static final class Builder {

        final OpenTelemetry openTelemetry;
        Mode mode = Mode.MESSAGING;
        Linking linking = Linking.LINK;
        @Nullable Masker masker;

        private Builder(OpenTelemetry openTelemetry) {
            this.openTelemetry = Objects.requireNonNull(openTelemetry, "openTelemetry");
        }

        /** Sets which spans there are; {@link Mode#MESSAGING} unless set. */
        public Builder mode(Mode mode) {
            this.mode = Objects.requireNonNull(mode, "mode");
            return this;
        }

        /** Sets how handlers are tied to publishers; {@link Linking#LINK} unless set. */
        public Builder linking(Linking linking) {
            this.linking = Objects.requireNonNull(linking, "linking");
            return this;
        }

        /**
         * Sets what masks messages and stacks of failures before they stand on spans; the masker of
         * each bus unless set (RED-1).
         */
        public Builder masker(Masker masker) {
            this.masker = Objects.requireNonNull(masker, "masker");
            return this;
        }

        /** Returns the telemetry. */
        public BusTelemetry build() {
            return new BusTelemetry(this);
        }
    }
}
