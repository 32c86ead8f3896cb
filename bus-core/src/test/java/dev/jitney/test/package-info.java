// SPDX-License-Identifier: Apache-2.0
/**
 * For tests of programs that use a bus: {@link dev.jitney.test.TestBus}, a real bus that writes
 * down what happens and is strict about what goes wrong, and {@link dev.jitney.test.VirtualTime},
 * time that the test owns. In the artifact {@code dev.jitney:bus-core}, classifier {@code
 * test-kit}; it needs no test framework.
 */
@NullMarked
package dev.jitney.test;

import org.jspecify.annotations.NullMarked;
