// SPDX-License-Identifier: Apache-2.0
/** What tests of programs that use a bus need: time that they own. */
@NullMarked
package dev.jitney.test;

import org.jspecify.annotations.NullMarked;
