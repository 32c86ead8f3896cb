// SPDX-License-Identifier: Apache-2.0
package dev.jitney.metrics.micrometer;

import dev.jitney.spi.MetricsBackend;
import dev.jitney.spi.MetricsBackendProvider;
import dev.jitney.spi.PluginConfig;
import java.util.TreeSet;

/**
 * Makes metrics backends of the name {@code micrometer}, each with a registry for Prometheus of its
 * own. The options are listed in the README of this module.
 */
public final class MicrometerMetricsProvider implements MetricsBackendProvider {

    static final String LOOPBACK = "127.0.0.1";

    /** Called by the service loader. */
    public MicrometerMetricsProvider() {}

    @Override
    public String name() {
        return "micrometer";
    }

    @Override
    public MetricsBackend create(PluginConfig config) {
        int bound = (int) config.number("max-series", MicrometerMetrics.MAX_SERIES, 100, 1_000_000);
        double[] percentiles = percentiles(config);
        int port = (int) config.number("http.port", -1, 0, 65_535);
        String host = config.string("http.host", LOOPBACK);
        String path = config.string("http.path", "/metrics");
        checkHttp(config, port, path);
        config.check();
        MicrometerMetrics metrics =
                MicrometerMetrics.prometheus(config.context().clock(), percentiles, bound);
        return port < 0 ? metrics : metrics.serve(host, port, path, config.context().busName());
    }

    private static void checkHttp(PluginConfig config, int port, String path) {
        if (!path.matches("/[A-Za-z0-9/._~-]*")) {
            config.problem("'http.path' is '" + path + "', expected a path such as /metrics");
        }
        if ("".equals(config.string("http.host"))) {
            config.problem("'http.host' is empty");
        }
        for (String key : new String[] {"http.host", "http.path"}) {
            if (port < 0 && config.string(key) != null && config.string("http.port") == null) {
                config.problem("'" + key + "' is set, but nothing is served without 'http.port'");
            }
        }
    }

    private static double[] percentiles(PluginConfig config) {
        String given = config.string("percentiles", "0.5,0.95,0.99");
        TreeSet<Double> percentiles = new TreeSet<>();
        if (given.isBlank()) {
            return new double[0];
        }
        for (String part : given.split(",", -1)) {
            // Digits alone: Double.valueOf would take "0x1p-1" and "NaN" as well.
            if (part.strip().matches("0?\\.[0-9]{1,9}")) {
                percentiles.add(Double.valueOf(part.strip()));
            } else {
                config.problem(
                        "'percentiles' holds '%s', expected fractions below 1, such as 0.5,0.99"
                                .formatted(part.strip()));
            }
        }
        return percentiles.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
