// SPDX-License-Identifier: Apache-2.0
/**
 * OpenTelemetry for a bus, on its API alone: trace ids as correlation ids, spans, context and
 * metrics. {@code BusTelemetry} is what an application hands to a bus, the providers are what a bus
 * finds by the name {@code otel}, {@code Traces} helps applications with spans of their own. {@code
 * EventTrace} follows one event and {@code DeliveryTrace} one handler of it; {@code Names} knows
 * all names and {@code TraceHeaders} the W3C form.
 */
@NullMarked
package dev.jitney.otel;

import org.jspecify.annotations.NullMarked;
