import Interchange

/// Services whose purpose follows from their port, in the words of `Nature`, as they are met in data centres.
///
/// A row stands in place of IANA's name where practice calls the service otherwise (`dns` for `domain`), where another service
/// has taken the port (9092: `kafka`), and where IANA has nothing. Ports used for many things (3000, 5000, 8000, 9000) have no row.
enum WellKnownServices {
  /// Rows `name port[-port]/proto[,proto]` by what the services are for.
  static let tables: [(nature: Nature, table: StaticString)] = [
    (.database, database), (.storage, storage), (.file, file), (.directory, directory), (.naming, naming), (.time, time), (.web, web),
    (.rpc, rpc), (.messaging, messaging), (.cache, cache), (.remoteShell, remoteShell), (.monitoring, monitoring), (.backup, backup),
    (.media, media), (.control, control),
  ]

  private static let database: StaticString = """
    ibm-db2 523/tcp
    ms-sql-s 1433/tcp
    ms-sql-m 1434/udp
    oracle-tns 1521/tcp
    pervasive 1583/tcp
    zookeeper 2181/tcp
    etcd 2379-2380/tcp
    orientdb 2424/tcp
    oracle-tns-tls 2484/tcp
    zookeeper-peer 2888/tcp
    firebird 3050/tcp
    tarantool 3301/tcp
    mysql 3306/tcp
    zookeeper-election 3888/tcp
    tidb 4000/tcp
    postgresql 5432-5433/tcp
    couchdb 5984/tcp
    qdrant 6333-6334/tcp
    pgbouncer 6432/tcp
    cassandra-internode 7000-7001/tcp
    maxdb 7210/tcp
    neo4j 7474/tcp
    neo4j-bolt 7687/tcp
    influxdb 8086/tcp
    riak 8087/tcp
    couchbase 8091-8096/tcp
    clickhouse 8123/tcp
    arangodb 8529/tcp
    solr 8983/tcp
    cassandra 9042/tcp
    informix 9088/tcp
    cassandra-thrift 9160/tcp
    elasticsearch 9200/tcp
    elasticsearch-transport 9300/tcp
    couchbase 11210/tcp
    hbase 16000/tcp
    hbase 16020/tcp
    milvus 19530/tcp
    tikv 20160/tcp
    impala 21050/tcp
    cockroachdb 26257/tcp
    mongodb 27017-27019/tcp
    rethinkdb 28015/tcp
    sap-hana 30013/tcp
    sap-hana 30015/tcp
    mysqlx 33060/tcp
    db2 50000/tcp
    """

  private static let storage: StaticString = """
    lustre 988/tcp
    isns 3205/tcp
    fcip 3225/tcp
    iscsi 3260/tcp
    ceph 3300/tcp
    linstor 3366/tcp
    linstor 3370/tcp
    nvme 4420/tcp
    swift-object 6200-6202/tcp
    ceph 6789/tcp
    ceph 6800-6999/tcp
    drbd 7788-7799/tcp
    beegfs 8003-8006/tcp,udp
    hdfs 8020/tcp
    moosefs 9419-9422/tcp
    hdfs-datanode 9864-9867/tcp
    nbd 10809/tcp
    gluster 24007-24008/tcp
    hdfs-datanode 50010/tcp
    """

  private static let file: StaticString = """
    ftp-data 20/tcp
    ftp 21/tcp
    tftp 69/udp
    netbios-ssn 139/tcp
    smb 445/tcp
    afp 548/tcp
    9pfs 564/tcp
    rsync 873/tcp
    ftps-data 989/tcp
    ftps 990/tcp
    nfs 2049/tcp,udp,sctp
    cvspserver 2401/tcp
    svn 3690/tcp
    afs 7000-7009/udp
    git 9418/tcp
    mountd 20048/tcp,udp
    nfs-rdma 20049/tcp
    syncthing 22000/tcp
    """

  private static let directory: StaticString = """
    tacacs 49/tcp
    kerberos 88/tcp,udp
    ident 113/tcp
    ldap 389/tcp,udp
    kpasswd 464/tcp,udp
    ldaps 636/tcp
    kerberos-adm 749/tcp
    radius 1645-1646/udp
    radius 1812/udp
    radius-acct 1813/udp
    radsec 2083/tcp
    msft-gc 3268/tcp
    msft-gc-ssl 3269/tcp
    diameter 3868/tcp,sctp
    vault 8200/tcp
    consul 8500/tcp
    eureka 8761/tcp
    nacos 8848/tcp
    keystone 35357/tcp
    """

  private static let naming: StaticString = """
    wins 42/tcp
    dns 53/tcp,udp
    netbios-ns 137/udp
    svrloc 427/tcp,udp
    dns-tls 853/tcp
    dns-quic 853/udp
    wins 1512/tcp
    ssdp 1900/udp
    ws-discovery 3702/udp
    epmd 4369/tcp
    mdns 5353/udp
    llmnr 5355/udp
    consul-dns 8600/tcp,udp
    """

  private static let time: StaticString = """
    daytime 13/tcp,udp
    time 37/tcp,udp
    ntp 123/udp
    ptp 319-320/udp
    ntske 4460/tcp
    """

  private static let web: StaticString = """
    gopher 70/tcp
    http 80/tcp
    https 443/tcp,udp
    socks 1080/tcp
    squid 3128/tcp
    http-alt 8008/tcp
    ajp 8009/tcp
    http-alt 8080-8081/tcp
    https-alt 8443/tcp
    """

  private static let rpc: StaticString = """
    sunrpc 111/tcp,udp
    epmap 135/tcp,udp
    http-rpc-epmap 593/tcp
    corba-iiop 683-684/tcp
    rmi 1098-1099/tcp
    sap-dispatcher 3200/tcp
    sap-message-server 3600/tcp
    spark 7077/tcp
    temporal 7233/tcp
    yarn 8030-8032/tcp
    dubbo 20880/tcp
    grpc 50051/tcp
    """

  private static let messaging: StaticString = """
    smtp 25/tcp
    pop3 110/tcp
    nntp 119/tcp
    imap 143/tcp
    irc 194/tcp
    smtps 465/tcp
    nntps 563/tcp
    submission 587/tcp
    imaps 993/tcp
    pop3s 995/tcp
    ibm-mq 1414/tcp
    msmq 1801/tcp
    mqtt 1883/tcp
    smpp 2775/tcp
    nsq 4150-4151/tcp
    nats 4222/tcp
    gearman 4730/tcp
    xmpp-client 5222/tcp
    xmpp-server 5269/tcp
    amqps 5671/tcp
    amqp 5672/tcp,sctp
    nats-cluster 6222/tcp
    pulsar 6650-6651/tcp
    irc 6665-6669/tcp
    ircs 6697/tcp
    tibco-rv 7500/udp
    matrix 8448/tcp
    mqtts 8883/tcp
    kafka 9092-9094/tcp
    rocketmq 9876/tcp
    rocketmq 10911/tcp
    beanstalkd 11300/tcp
    rabbitmq-dist 25672/tcp
    stomp 61613/tcp
    activemq 61616/tcp
    """

  private static let cache: StaticString = """
    apt-cacher 3142/tcp
    hazelcast 5701-5703/tcp
    varnish 6081-6082/tcp
    redis 6379-6380/tcp
    coherence 7574/tcp
    geode 10334/tcp
    ignite 10800/tcp
    memcached 11211/tcp,udp
    infinispan 11222/tcp
    redis-cluster 16379/tcp
    redis-sentinel 26379/tcp
    geode 40404/tcp
    ignite 47500/tcp
    """

  private static let remoteShell: StaticString = """
    ssh 22/tcp,sctp
    telnet 23/tcp
    exec 512/tcp
    login 513/tcp
    shell 514/tcp
    telnets 992/tcp
    ica 1494/tcp
    ica 2598/tcp
    teleport 3022-3025/tcp
    ard 3283/tcp,udp
    rdp 3389/tcp,udp
    guacamole 4822/tcp
    radmin 4899/tcp
    vnc-http 5800/tcp
    vnc 5900-5909/tcp
    spice 5930/tcp
    teamviewer 5938/tcp,udp
    winrm 5985-5986/tcp
    x11 6000-6063/tcp
    anydesk 7070/tcp
    """

  private static let monitoring: StaticString = """
    snmp 161/tcp,udp
    snmptrap 162/tcp,udp
    syslog 514/udp
    syslog 601/tcp
    agentx 705/tcp
    wazuh 1514-1515/tcp
    graphite 2003-2004/tcp
    netflow 2055/udp
    relp 2514/tcp
    loki 3100/tcp
    opentsdb 4242/tcp
    opentelemetry 4317-4318/tcp
    ipfix 4739-4740/tcp,udp,sctp
    munin 4949/tcp
    beats 5044/tcp
    kibana 5601/tcp
    icinga2 5665/tcp
    nrpe 5666/tcp
    nsca 5667/tcp
    scom 5723/tcp
    sflow 6343/udp
    syslog-tls 6514/tcp,udp
    check-mk 6556/tcp
    jaeger 6831-6832/udp
    splunk-hec 8088/tcp
    splunkd 8089/tcp
    statsd 8125/udp
    datadog 8126/tcp
    victoriametrics 8428/tcp
    ganglia 8649/tcp,udp
    prometheus 9090-9091/tcp
    node-exporter 9100/tcp
    zipkin 9411/tcp
    netflow 9995-9996/udp
    splunk 9997/tcp
    zabbix-agent 10050/tcp
    zabbix-trapper 10051/tcp
    snmptls 10161-10162/tcp,udp
    thanos 10901-10902/tcp
    skywalking 11800/tcp
    gelf 12201/tcp,udp
    jaeger 14250/tcp
    jaeger 14268/tcp
    rabbitmq-management 15672/tcp
    jaeger 16686/tcp
    netdata 19999/tcp
    fluentd 24224/tcp,udp
    collectd 25826/udp
    """

  private static let backup: StaticString = """
    tsm 1500-1501/tcp
    veritas-pbx 1556/tcp
    datadomain 2051/tcp
    burp 4971/tcp
    backup-exec 6101/tcp
    veeam 6160-6162/tcp
    networker 7937-7941/tcp
    proxmox-backup 8007/tcp
    commvault 8400-8403/tcp
    bacula-dir 9101/tcp
    bacula-fd 9102/tcp
    bacula-sd 9103/tcp
    veeam 9392-9393/tcp
    ndmp 10000/tcp
    amanda 10080/tcp,udp
    amanda 10081-10083/tcp
    netbackup 13720-13724/tcp
    netbackup 13782/tcp
    avamar 27000/tcp
    urbackup 55413-55415/tcp
    """

  private static let media: StaticString = """
    rtsps 322/tcp
    rtsp 554/tcp,udp
    h323-gatekeeper 1718-1719/udp
    h323 1720/tcp
    mms 1755/tcp,udp
    rtmp 1935/tcp
    skinny 2000/tcp
    mgcp 2427/udp
    mgcp 2727/udp
    msrp 2855/tcp
    megaco 2944-2945/tcp,udp,sctp
    stun 3478/tcp,udp
    daap 3689/tcp
    iax 4569/udp
    rtp 5004/udp
    rtcp 5005/udp
    sip 5060/tcp,udp,sctp
    sips 5061/tcp,udp,sctp
    stuns 5349/tcp,udp
    sap 9875/udp
    plex 32400/tcp
    """

  private static let control: StaticString = """
    dhcp 67-68/udp
    iso-tsap 102/tcp
    bgp 179/tcp
    rpki-rtr 323/tcp
    isakmp 500/udp
    modbus 502/tcp
    rip 520/udp
    ripng 521/udp
    dhcpv6 546-547/udp
    ipmi 623/udp
    ldp 646/tcp,udp
    heartbeat 694/udp
    netconf 830/tcp
    owamp 861/tcp
    twamp 862/tcp,udp
    vmware 902-903/tcp
    vmware 902/udp
    rndc 953/tcp
    openvpn 1194/tcp,udp
    l2tp 1701/udp
    pptp 1723/tcp
    hsrp 1985/udp
    gtp-control 2123/udp
    gtp-user 2152/udp
    pcsd 2224/tcp
    docker 2375-2377/tcp
    iec-104 2404/tcp
    m3ua 2905/sctp
    pacemaker 3121/tcp
    glbp 3222/udp
    m2pa 3565/sctp
    bfd 3784-3785/udp
    pcep 4189/tcp
    cilium 4240/tcp
    ipsec-nat-t 4500/udp
    salt 4505-4506/tcp
    nomad 4646-4648/tcp
    bfd 4784/udp
    vxlan 4789/udp
    opc-ua 4840/tcp
    capwap 5246-5247/udp
    corosync 5404-5405/udp
    calico 5473/tcp
    geneve 6081/udp
    kubernetes 6443/tcp
    openflow 6633/tcp
    mpls-udp 6635/udp
    ovsdb 6640/tcp
    openflow 6653/tcp
    weave 6783/tcp,udp
    docker-swarm 7946/tcp,udp
    puppet 8140/tcp
    consul-rpc 8300/tcp
    consul-serf 8301-8302/tcp,udp
    vxlan 8472/udp
    wsus 8530-8531/tcp
    nova 8774/tcp
    cinder 8776/tcp
    pfcp 8805/udp
    glance 9292/tcp
    neutron 9696/tcp
    kubelet 10250/tcp
    kube-proxy 10256/tcp
    kube-controller-manager 10257/tcp
    kube-scheduler 10259/tcp
    libvirt 16509/tcp
    libvirt 16514/tcp
    dnp3 20000/tcp,udp
    profinet 34962-34964/tcp,udp
    s1ap 36412/sctp
    x2ap 36422/sctp
    ngap 38412/sctp
    ethernet-ip 44818/tcp,udp
    bacnet 47808/udp
    wireguard 51820/udp
    """
}
