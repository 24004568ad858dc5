/* SPDX-License-Identifier: Apache-2.0 */
/* A login program that measures itself: one PAM login in a fresh process, or many in one. In C, so that
 * nothing of C++ is in the process before the module is. Started by the Python benches, which give the answer
 * to every prompt on standard input and read one line of JSON. */
#define _GNU_SOURCE /* dl_iterate_phdr */
#include <dirent.h>
#include <link.h>
#include <malloc.h>
#include <security/pam_appl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static char g_answer[256];
static double g_prompt_at; /* of the first prompt; 0 before it */
static int g_in_steps;     /* says "prompt" and only then reads the answer */

static double now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int read_answer(void) {
  if (fgets(g_answer, sizeof g_answer, stdin) == NULL) return 0;
  g_answer[strcspn(g_answer, "\n")] = '\0';
  return 1;
}

static int converse(int count, const struct pam_message** messages, struct pam_response** responses,
                    void* self) {
  (void)self;
  *responses = calloc((size_t)count, sizeof **responses);
  if (*responses == NULL) return PAM_BUF_ERR;
  for (int i = 0; i < count; ++i) {
    if (messages[i]->msg_style != PAM_PROMPT_ECHO_OFF && messages[i]->msg_style != PAM_PROMPT_ECHO_ON)
      continue;
    if (g_prompt_at == 0) g_prompt_at = now_ms();
    if (g_in_steps) {
      puts("prompt");
      fflush(stdout);
      if (!read_answer()) return PAM_CONV_ERR;
      g_prompt_at = now_ms();
    }
    (*responses)[i].resp = strdup(g_answer);
  }
  return PAM_SUCCESS;
}

/* A value in KiB of /proc/self/smaps_rollup; -1 when there is none. */
static long memory_kib(const char* name) {
  FILE* file = fopen("/proc/self/smaps_rollup", "re");
  char line[256];
  long value = -1;
  while (file != NULL && fgets(line, sizeof line, file) != NULL) {
    if (strncmp(line, name, strlen(name)) == 0) value = strtol(line + strlen(name), NULL, 10);
  }
  if (file != NULL) fclose(file);
  return value;
}

/* Entries of a directory of /proc: threads, descriptors (with the one that reads them). */
static int count_entries(const char* path) {
  DIR* directory = opendir(path);
  int count = 0;
  if (directory == NULL) return -1;
  for (struct dirent* entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
    if (entry->d_name[0] != '.') ++count;
  }
  closedir(directory);
  return count;
}

struct objects {
  int now;                 /* loaded at this moment */
  unsigned long long ever; /* since the process began, also those that are unloaded */
};

static int count_one(struct dl_phdr_info* info, size_t size, void* count) {
  struct objects* objects = count;
  (void)size;
  ++objects->now;
  objects->ever = info->dlpi_adds;
  return 0;
}

static struct objects loaded_objects(void) {
  struct objects count = {0, 0};
  dl_iterate_phdr(count_one, &count);
  return count;
}

/* What is there when the verdict is, with the modules still loaded. */
struct peak {
  struct objects objects;
  long resident_kib, dirty_kib;
};

struct times {
  double begin, prompt, answer, verdict, end;
};

static int log_in(const char* services, const char* service, const char* user, struct times* times,
                  struct peak* peak) {
  const struct pam_conv conversation = {converse, NULL};
  pam_handle_t* handle = NULL;
  g_prompt_at = 0;
  times->begin = now_ms();
  int status = pam_start_confdir(service, user, &conversation, services, &handle);
  if (status == PAM_SUCCESS) status = pam_authenticate(handle, 0);
  times->answer = now_ms();
  if (status == PAM_SUCCESS) status = pam_acct_mgmt(handle, 0);
  times->verdict = now_ms();
  times->prompt = g_prompt_at;
  if (peak != NULL) *peak = (struct peak){loaded_objects(), memory_kib("Rss:"), memory_kib("Private_Dirty:")};
  if (handle != NULL) pam_end(handle, status);
  times->end = now_ms();
  return status;
}

static void print_times(const char* services, const char* service, const char* user) {
  struct times times;
  const int status = log_in(services, service, user, &times, NULL);
  const double prompt = times.prompt == 0 ? times.begin : times.prompt;
  printf("{\"status\": %d, \"prompt_ms\": %.4f, \"answer_ms\": %.4f, \"verdict_ms\": %.4f}\n", status,
         prompt - times.begin, times.answer - prompt, times.verdict - times.begin);
}

/* What a login leaves behind in its process. */
static void print_footprint(const char* services, const char* service, const char* user) {
  struct times times;
  struct peak peak = {{0, 0}, 0, 0};
  const struct objects objects = loaded_objects();
  const int threads = count_entries("/proc/self/task");
  const int descriptors = count_entries("/proc/self/fd");
  (void)memory_kib("Private_Dirty:"); /* what stdio needs for it is there before */
  const long dirty = memory_kib("Private_Dirty:");
  const long resident = memory_kib("Rss:");
  const int status = log_in(services, service, user, &times, &peak);
  const long dirty_after = memory_kib("Private_Dirty:");
  printf(
      "{\"status\": %d, \"objects\": %d, \"loaded\": %llu, \"resident_kib\": %ld, \"peak_dirty_kib\": %ld, ",
      status, peak.objects.now - objects.now, peak.objects.ever - objects.ever, peak.resident_kib - resident,
      peak.dirty_kib - dirty);
  printf("\"dirty_kib\": %ld, \"threads\": %d, \"descriptors\": %d}\n", dirty_after - dirty,
         count_entries("/proc/self/task") - threads, count_entries("/proc/self/fd") - descriptors);
}

/* Bytes of heap per login, over `count` logins behind as many that warm everything up. */
static void print_growth(const char* services, const char* service, const char* user, int count) {
  struct times times;
  int status = PAM_SUCCESS;
  for (int i = 0; i < count && status == PAM_SUCCESS; ++i)
    status = log_in(services, service, user, &times, NULL);
  const size_t before = mallinfo2().uordblks;
  const long resident = memory_kib("Rss:");
  for (int i = 0; i < count && status == PAM_SUCCESS; ++i)
    status = log_in(services, service, user, &times, NULL);
  printf("{\"status\": %d, \"heap_bytes\": %.1f, \"resident_kib\": %ld}\n", status,
         ((double)mallinfo2().uordblks - (double)before) / count, memory_kib("Rss:") - resident);
}

int main(int count, char** arguments) {
  const char* mode = count > 4 ? arguments[4] : "";
  g_in_steps = strcmp(mode, "steps") == 0;
  if (count < 5 || (!g_in_steps && !read_answer())) {
    fputs("usage: login_probe SERVICES SERVICE USER time|steps|footprint|growth [COUNT] < ANSWER\n", stderr);
    return 2;
  }
  if (strcmp(mode, "footprint") == 0) {
    print_footprint(arguments[1], arguments[2], arguments[3]);
  } else if (strcmp(mode, "growth") == 0) {
    print_growth(arguments[1], arguments[2], arguments[3], count > 5 ? atoi(arguments[5]) : 20);
  } else {
    print_times(arguments[1], arguments[2], arguments[3]);
  }
  return 0;
}
