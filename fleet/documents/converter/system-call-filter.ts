/**
 * System calls that no converter needs, refused inside the sandbox: those that the kernel's own faults were often found in.
 * A program of classic BPF (seccomp(2), filter mode), as bubblewrap takes it.
 */

/** By machine: the kernel's name for it (AUDIT_ARCH_* of linux/audit.h), and its numbers (asm/unistd.h). */
const MACHINES: Partial<Record<NodeJS.Architecture, { audit: number; calls: Record<string, number> }>> = {
  x64: {
    audit: 0xc000003e,
    calls: {
      ...{
        ptrace: 101,
        syslog: 103,
        personality: 135,
        pivot_root: 155,
        chroot: 161,
        acct: 163,
        mount: 165,
        umount2: 166,
      },
      ...{
        swapon: 167,
        reboot: 169,
        init_module: 175,
        delete_module: 176,
        quotactl: 179,
        kexec_load: 246,
        add_key: 248,
      },
      ...{ request_key: 249, keyctl: 250, unshare: 272, vmsplice: 278, perf_event_open: 298, fanotify_init: 300 },
      ...{ name_to_handle_at: 303, open_by_handle_at: 304, setns: 308, process_vm_readv: 310, process_vm_writev: 311 },
      ...{
        finit_module: 313,
        kexec_file_load: 320,
        bpf: 321,
        userfaultfd: 323,
        io_uring_setup: 425,
        io_uring_enter: 426,
      },
      ...{ io_uring_register: 427, open_tree: 428, move_mount: 429, fsopen: 430, fsmount: 432, mount_setattr: 442 },
      // shared memory that no limit of a process counts
      ...{ shmget: 29, shmat: 30, msgget: 68 },
    },
  },
  arm64: {
    audit: 0xc00000b7,
    calls: {
      ...{ umount2: 39, mount: 40, pivot_root: 41, chroot: 51, vmsplice: 75, acct: 89, personality: 92, unshare: 97 },
      ...{ kexec_load: 104, init_module: 105, delete_module: 106, syslog: 116, ptrace: 117, reboot: 142, msgget: 186 },
      ...{ shmget: 194, shmat: 196, add_key: 217, request_key: 218, keyctl: 219, swapon: 224, perf_event_open: 241 },
      ...{ fanotify_init: 262, name_to_handle_at: 264, open_by_handle_at: 265, setns: 268, process_vm_readv: 270 },
      ...{ process_vm_writev: 271, finit_module: 273, bpf: 280, userfaultfd: 282, kexec_file_load: 294 },
      ...{
        io_uring_setup: 425,
        io_uring_enter: 426,
        io_uring_register: 427,
        open_tree: 428,
        move_mount: 429,
        fsopen: 430,
      },
      ...{ fsmount: 432, mount_setattr: 442 },
    },
  },
};

// linux/bpf_common.h, linux/seccomp.h
const LOAD_WORD = 0x20;
const JUMP_IF_EQUAL = 0x15;
const JUMP_IF_NOT_LESS = 0x35;
const RETURN = 0x06;
const [ALLOW, KILL_PROCESS, FAIL_WITH] = [0x7fff0000, 0x80000000, 0x00050000];
const EPERM = 1;
/** Offsets in struct seccomp_data. */
const [CALL, MACHINE] = [0, 4];
/** Calls of the x32 interface begin here; below it is the machine's own. */
const X32 = 0x40000000;

/** @returns null for a machine whose numbers are not known here: its sandboxes do without */
export function systemCallFilter(machine: NodeJS.Architecture = process.arch): Buffer | null {
  const known = MACHINES[machine];
  if (!known) return null;
  const refused = Object.values(known.calls);
  const program = [
    instruction(LOAD_WORD, MACHINE),
    instruction(JUMP_IF_EQUAL, known.audit, 1, 0),
    instruction(RETURN, KILL_PROCESS),
    instruction(LOAD_WORD, CALL),
    // each jumps over what is left of the list, and over `allow`
    instruction(JUMP_IF_NOT_LESS, X32, refused.length + 1, 0),
    ...refused.map((call, at) => instruction(JUMP_IF_EQUAL, call, refused.length - at, 0)),
    instruction(RETURN, ALLOW),
    instruction(RETURN, FAIL_WITH | EPERM),
  ];
  return Buffer.concat(program);
}

/** struct sock_filter: code, jump if true, jump if false, operand. */
function instruction(code: number, operand: number, ifTrue = 0, ifFalse = 0): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt8(ifTrue, 2);
  bytes.writeUInt8(ifFalse, 3);
  bytes.writeUInt32LE(operand >>> 0, 4);
  return bytes;
}
