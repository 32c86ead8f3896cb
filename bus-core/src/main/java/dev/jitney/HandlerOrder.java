// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

/** How the handlers of one event run (ORD-5). */
public enum HandlerOrder {
    /** One after the other, by priority. */
    SERIAL,
    /** All at once, begun in the order of their priorities. */
    PARALLEL
}
