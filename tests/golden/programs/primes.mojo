def sieve(limit: Int) -> List[Int]:
    var composite = List[Bool](length=limit, fill=False)
    var primes = List[Int]()
    for i in range(2, limit):
        if composite[i]:
            continue
        primes.append(i)
        for j in range(i * i, limit, i):
            composite[j] = True
    return primes^


def main():
    var primes = sieve(2000)
    print(len(primes), primes[len(primes) - 1])
    var sum = 0
    for p in primes:
        sum += p
    print(sum)
