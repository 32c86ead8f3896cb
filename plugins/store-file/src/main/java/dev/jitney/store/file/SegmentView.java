// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

/** DRAFT: one segment, opened for reading. */
final class SegmentView {}
