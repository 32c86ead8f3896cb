// SPDX-License-Identifier: Apache-2.0
/**
 * The embedded default store: a directory of JSON Lines that many processes append to and read at
 * once. {@code docs/} of this module says how the files are laid out and why.
 *
 * <p>From the bottom up: {@link dev.jitney.store.file.Disk} and its files; {@code Sidecar} and
 * {@code BatchMark}, the commit records; {@code LogWriter} and {@code Recovery}, which work under
 * the {@code AppendLock}; {@code Committer}, which gathers appends into batches; the readers; and
 * {@code FileEventStore}, which is all that others see.
 */
@NullMarked
package dev.jitney.store.file;

import org.jspecify.annotations.NullMarked;
