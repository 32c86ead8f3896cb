// SPDX-License-Identifier: Apache-2.0
/**
 * The vocabulary: what an event is, where it is stored, how events are selected. Values only; this
 * package depends on nothing but the JDK.
 */
@NullMarked
package dev.jitney.event;

import org.jspecify.annotations.NullMarked;
