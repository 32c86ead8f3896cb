// SPDX-License-Identifier: Apache-2.0
/**
 * An audit log: every event with what became of it, masked, in files that rotate. It is asked for
 * as interceptor {@code audit-file} and read with {@link dev.jitney.audit.file.AuditLog}.
 */
@NullMarked
package dev.jitney.audit.file;

import org.jspecify.annotations.NullMarked;
