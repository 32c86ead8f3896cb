// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.spi.MetricsBackend;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * A metrics backend whose failures, and those of its handles, are logged and change nothing
 * (ERR-6).
 */
final class GuardedMetrics implements MetricsBackend {

    private static final String LABEL = "metrics backend";

    private final MetricsBackend backend;
    private final PluginLog log;

    GuardedMetrics(MetricsBackend backend, PluginLog log) {
        this.backend = backend;
        this.log = log;
    }

    @Override
    public LongConsumer counter(String name, Map<String, String> tags) {
        try {
            return guarded("counter", backend.counter(name, tags));
        } catch (Throwable e) {
            failed("counter", e);
            return amount -> {};
        }
    }

    @Override
    public LongConsumer timer(String name, Map<String, String> tags) {
        try {
            return guarded("timer", backend.timer(name, tags));
        } catch (Throwable e) {
            failed("timer", e);
            return nanos -> {};
        }
    }

    @Override
    public AutoCloseable gauge(String name, Map<String, String> tags, LongSupplier value) {
        try {
            return new Entered(backend.gauge(name, tags, value), LABEL, "gauge", log, null);
        } catch (Throwable e) {
            failed("gauge", e);
            return () -> {};
        }
    }

    @Override
    public List<Sample> samples() {
        return backend.samples();
    }

    @Override
    public void reset() {
        backend.reset();
    }

    /** Leaves the backend open: who has opened it closes it. */
    @Override
    public void close() {}

    // Not counted: the counter would be one of its own, and may fail as well.
    private void failed(String method, Throwable failure) {
        log.failed(LABEL, method, failure, false);
    }

    private LongConsumer guarded(String method, LongConsumer handle) {
        return number -> {
            try {
                handle.accept(number);
            } catch (Throwable e) {
                failed(method, e);
            }
        };
    }
}
