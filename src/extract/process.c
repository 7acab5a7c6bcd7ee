#include "extract/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "base/mem.h"

enum { SAID_MOST = 2048, READ_SIZE = 65536, GRACE_MS = 200 };

static void close_one(int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
}

/* ---- starting ---- */

/* In the child: never returns. `report` gets errno if the program cannot be executed. */
static void become(char *const *words, const int ends[3], int report)
{
    struct sigaction plain = {.sa_handler = SIG_DFL};
    setpgid(0, 0);
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    sigaction(SIGPIPE, &plain, NULL);
    sigaction(SIGINT, &plain, NULL);
    sigaction(SIGTERM, &plain, NULL);
    for (int i = 0; i < 3; i++)
        dup2(ends[i], i);
    execvp(words[0], words);
    int reason = errno;
    ssize_t told = write(report, &reason, sizeof reason);
    _exit(told < 0 ? 126 : 127);
}

/* pipes[i]: its end, then ours. All close on exec and lie beyond the standard streams. */
static int make_pipes(int pipes[4][2])
{
    for (int i = 0; i < 4; i++) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0)
            return -1;
        for (int k = 0; k < 2; k++) {
            pipes[i][i == 0 ? k : 1 - k] = fcntl(ends[k], F_DUPFD_CLOEXEC, 3);
            close(ends[k]);
        }
        if (pipes[i][0] < 0 || pipes[i][1] < 0)
            return -1;
    }
    return 0;
}

int process_start(struct process *p, char *const *words, struct error *err)
{
    int pipes[4][2] = {{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}}, reason = 0;
    *p = (struct process){.in = -1, .out = -1, .err = -1};
    p->pid = make_pipes(pipes) == 0 ? fork() : -1;
    if (p->pid < 0)
        reason = errno;
    if (p->pid == 0)
        become(words, (int[3]){pipes[0][0], pipes[1][0], pipes[2][0]}, pipes[3][0]);
    for (int i = 0; i < 4; i++)
        close_one(&pipes[i][0]);
    if (p->pid > 0) {
        setpgid(p->pid, p->pid);
        while (read(pipes[3][1], &reason, sizeof reason) < 0 && errno == EINTR)
            continue;
    }
    close_one(&pipes[3][1]);
    p->in = pipes[0][1];
    p->out = pipes[1][1];
    p->err = pipes[2][1];
    if (p->pid > 0 && reason == 0) {
        fcntl(p->out, F_SETFL, O_NONBLOCK);
        fcntl(p->err, F_SETFL, O_NONBLOCK);
        return 0;
    }
    p->pid = p->pid < 0 ? 0 : p->pid;
    free(process_stop(p));
    errno = reason;
    return error_errno(err, words[0], "start the extractor");
}

/* ---- talking ---- */

bool process_tell(struct process *p, const char *line)
{
    char *text = mem_printf("%s\n", line);
    size_t length = strlen(text), done = 0;
    while (done < length) {
        ssize_t n = write(p->in, text + done, length - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    free(text);
    return done == length;
}

/* Reads what is there; false at the end. */
static bool drain(int *descriptor, struct str *to, size_t most)
{
    char buffer[READ_SIZE];
    while (*descriptor >= 0 && to->length <= most) {
        ssize_t n = read(*descriptor, buffer, sizeof buffer);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return true;
        if (n <= 0)
            return false;
        str_add_n(to, buffer, (size_t)n);
        if ((size_t)n < sizeof buffer)
            return true;
    }
    return *descriptor >= 0 && to->length <= most;
}

static void listen_messages(struct process *p)
{
    if (!drain(&p->err, &p->said, (size_t)-1 / 2))
        close_one(&p->err);
    if (p->said.length > SAID_MOST) {
        size_t cut = p->said.length - SAID_MOST;
        memmove(p->said.text, p->said.text + cut, SAID_MOST + 1);
        p->said.length = SAID_MOST;
    }
}

bool process_listen(struct process *p, size_t most)
{
    listen_messages(p);
    return drain(&p->out, &p->line, most);
}

const char *process_line(struct process *p, size_t *length_out)
{
    if (p->line.length == p->scanned)
        return NULL;
    const char *end = memchr(p->line.text + p->scanned, '\n', p->line.length - p->scanned);
    if (!end) {
        p->scanned = p->line.length;
        return NULL;
    }
    *length_out = (size_t)(end - p->line.text);
    return p->line.text;
}

void process_drop_line(struct process *p, size_t length)
{
    size_t left = p->line.length - length - 1;
    memmove(p->line.text, p->line.text + length + 1, left + 1);
    p->line.length = left;
    p->scanned = 0;
}

/* ---- ending ---- */

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){0, ms * 1000000}, NULL);
}

/* Waits a little for an end of its own, whose status tells more than our signal's. */
static int reap(pid_t pid)
{
    int status = 0;
    for (int ms = 0; ms < GRACE_MS; ms += 10) {
        if (waitpid(pid, &status, WNOHANG) == pid) {
            kill(-pid, SIGKILL); /* what it has started itself */
            return status;
        }
        pause_ms(10);
    }
    kill(-pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return -1;
}

/* The last line of stderr that is not blank. */
static char *last_message(struct str *said)
{
    while (said->length > 0 && strchr(" \t\r\n", said->text[said->length - 1]))
        said->text[--said->length] = '\0';
    const char *text = str_text(said), *line = strrchr(text, '\n');
    return mem_strdup(line ? line + 1 : text);
}

static char *describe(int status, const char *message)
{
    const char *colon = *message ? ": " : "";
    if (status == -1)
        return mem_printf("was stopped%s%s", colon, message);
    if (WIFSIGNALED(status))
        return mem_printf("died (%s)%s%s", strsignal(WTERMSIG(status)), colon, message);
    return mem_printf("ended with status %d%s%s", WEXITSTATUS(status), colon, message);
}

char *process_stop(struct process *p)
{
    int status = -1;
    close_one(&p->in);
    if (p->pid > 0) {
        status = reap(p->pid);
        listen_messages(p);
    }
    close_one(&p->out);
    close_one(&p->err);
    char *message = last_message(&p->said), *how = describe(status, message);
    free(message);
    str_done(&p->line);
    str_done(&p->said);
    *p = (struct process){.in = -1, .out = -1, .err = -1};
    return how;
}
