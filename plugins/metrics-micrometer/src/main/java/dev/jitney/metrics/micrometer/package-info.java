// SPDX-License-Identifier: Apache-2.0
/**
 * What a bus measures, in a Micrometer registry: an application's own, or one for Prometheus that
 * comes with the plugin. {@code MicrometerMetrics} is what the bus and the application see, {@code
 * Series} one meter and its handle, {@code ScrapeServer} the HTTP endpoint.
 */
@NullMarked
package dev.jitney.metrics.micrometer;

import org.jspecify.annotations.NullMarked;
