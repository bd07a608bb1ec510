/** One client per region, made when first asked for and kept while the function is warm. */
export function perRegion<Client>(make: (region: string) => Client): (region: string) => Client {
  const clients = new Map<string, Client>();
  return (region) => {
    const client = clients.get(region) ?? make(region);
    clients.set(region, client);
    return client;
  };
}
