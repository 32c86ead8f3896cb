// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import java.time.Instant;

/**
 * An event as a store keeps it.
 *
 * @param offset its position in the log
 * @param storedAt when it was stored, which never runs backward along the log, unlike {@link
 *     Event#time()}; to the millisecond
 * @param event the event itself
 */
public record StoredEvent(Offset offset, Instant storedAt, Event event) {}
