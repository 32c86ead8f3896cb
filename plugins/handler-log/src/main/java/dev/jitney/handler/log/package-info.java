// SPDX-License-Identifier: Apache-2.0
/** A handler that writes events to the log, masked. It is asked for as handler {@code log}. */
@NullMarked
package dev.jitney.handler.log;

import org.jspecify.annotations.NullMarked;
