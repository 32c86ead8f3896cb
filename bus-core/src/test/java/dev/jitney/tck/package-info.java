// SPDX-License-Identifier: Apache-2.0
/**
 * Contract tests: extend one to prove an implementation of a door in {@code dev.jitney.spi}. Each
 * rule is a test whose name begins with the rule's id; the message of a failed one says what to
 * look at.
 */
@NullMarked
package dev.jitney.tck;

import org.jspecify.annotations.NullMarked;
