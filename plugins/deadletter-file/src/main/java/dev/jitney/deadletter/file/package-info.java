// SPDX-License-Identifier: Apache-2.0
/**
 * Dead letters in a file that outlives the process. From the bottom up: {@code LogLock}, {@code
 * LineLog} with its {@code LineFile}, {@code LetterText}, and {@code FileDeadLetterSink}, which is
 * all that others see.
 */
@NullMarked
package dev.jitney.deadletter.file;

import org.jspecify.annotations.NullMarked;
